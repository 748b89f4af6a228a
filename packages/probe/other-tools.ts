import { isMapping, type Mapping, type Path, type Reader, show } from "./target-entry.ts";

/**
 * Lists of targets as gatus (`endpoints`) and Upptime (`sites`) keep them, put into our words. What belongs to their pages and alerts is left out; what
 * would change the verdict and cannot be had here is refused.
 */

/** An entry in our words, or nothing where it is switched off. */
export type Translate = (reader: Reader, entry: Mapping, path: Path) => Mapping | undefined;

export interface Tool {
  readonly translate: Translate;
  /** Other keys beside the list, which say nothing about targets. */
  readonly beside: ReadonlySet<string>;
}

function without(entry: Mapping, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entry).filter(([name]) => !names.includes(name)));
}

/** Their variables are replaced before the tool reads them; nothing replaces them here. */
function refuseVariables(reader: Reader, value: unknown, path: Path, variable: RegExp): void {
  if (typeof value === "string") {
    const name = variable.exec(value)?.[0];
    if (name !== undefined)
      reader.refuse(path, `${name} is a variable, which is not filled in here. Write \${{ secrets.NAME }} in the workflow.`);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value))
      refuseVariables(reader, item, [...path, Array.isArray(value) ? Number(key) : key], variable);
  }
}

const gatusPage = ["enabled", "interval", "alerts", "ui", "extra-labels", "maintenance-windows", "client", "graphql"];
const gatusClient = ["timeout", "ignore-redirect", "insecure"];

const fromGatus: Translate = (reader, entry, path) => {
  if (entry.enabled === false) return undefined;
  for (const key of ["url", "headers", "body"]) refuseVariables(reader, entry[key], [...path, key], /\$\{\w+\}/);
  const { client, graphql, url, body, headers, dns } = entry;
  const settings = isMapping(client) ? client : {};
  for (const key of Object.keys(settings))
    if (!gatusClient.includes(key))
      reader.refuse([...path, "client", key], `client: ${show(key)} cannot be had here. Allowed: ${gatusClient.join(", ")}.`);
  if (settings.insecure === true) reader.refuse([...path, "client", "insecure"], "client: certificates are always checked here.");
  const address = dns !== undefined && typeof url === "string" && !url.includes("://") ? { url: `dns://${url}` } : {};
  const asked =
    graphql === true
      ? { body: JSON.stringify({ query: body }), headers: { "Content-Type": "application/json", ...(isMapping(headers) ? headers : {}) } }
      : {};
  return {
    ...without(entry, gatusPage),
    ...address,
    ...asked,
    ...(settings.timeout === undefined ? {} : { timeout: settings.timeout }),
    ...(settings["ignore-redirect"] === true ? { "follow-redirect": false } : {}),
  };
};

const upptimePage = [
  "slug",
  "icon",
  "assignees",
  "tags",
  "verbose",
  "check",
  "port",
  "expectedStatusCodes",
  "maxResponseTime",
  "maxRedirects",
  "ipv6",
];
const dangerous = "__dangerous__";

const fromUpptime: Translate = (reader, entry, path) => {
  for (const key of ["url", "headers", "body"]) refuseVariables(reader, entry[key], [...path, key], /\$[A-Z][A-Z0-9_]+/);
  const given = Object.keys(entry).filter((name) => name.startsWith(dangerous));
  const kept = without(entry, [...upptimePage, ...given]);
  const conditions = [...upptimeConditions(reader, entry, path), ...bodyConditions(reader, entry, given, path)];
  return {
    ...kept,
    url: upptimeAddress(reader, entry, path),
    ...(Array.isArray(entry.headers) ? { headers: headersOf(entry.headers) } : {}),
    ...(conditions.length === 0 ? {} : { conditions }),
    ...(entry.maxRedirects === 0 ? { "follow-redirect": false } : {}),
  };
};

function upptimeAddress(reader: Reader, { url, check = "http", port, ipv6 }: Mapping, path: Path): unknown {
  if (ipv6 === true) reader.refuse([...path, "ipv6"], "ipv6: which address of a name is asked cannot be chosen here.");
  if (typeof url !== "string" || check === "http") return url;
  const bare = url.replace(/^[a-z]+:\/\//i, "");
  if (check === "tcp-ping") return `tcp://${bare.replace(/\/.*$/, "")}${port === undefined ? "" : `:${String(port)}`}`;
  if (check === "ws") return /^wss?:/i.test(url) ? url : `wss://${bare}`;
  return reader.refuse([...path, "check"], `check: ${show(check)} is not allowed. Allowed: http, tcp-ping, ws.`);
}

/** Stated conditions alone decide, so a limit of time must not hide a status. */
function upptimeConditions(
  reader: Reader,
  { expectedStatusCodes: codes, maxResponseTime: most, check = "http" }: Mapping,
  path: Path,
): string[] {
  const numbers = Array.isArray(codes) && codes.length > 0 && codes.every((code) => Number.isInteger(code)) ? codes.map(String) : undefined;
  if (codes !== undefined && numbers === undefined)
    reader.refuse([...path, "expectedStatusCodes"], "expectedStatusCodes: is no list of whole numbers.");
  const status = numbers !== undefined ? [`[STATUS] == any(${numbers.join(", ")})`] : [];
  if (most === undefined) return status;
  if (typeof most !== "number") return reader.refuse([...path, "maxResponseTime"], "maxResponseTime: is no number of milliseconds.") ?? [];
  return [...(status.length > 0 || check !== "http" ? status : success), `[RESPONSE_TIME] <= ${most}`];
}
const success = ["[STATUS] >= 200", "[STATUS] < 300"];

function bodyConditions(reader: Reader, entry: Mapping, given: readonly string[], path: Path): string[] {
  const conditions: string[] = [];
  for (const key of given) {
    const value = entry[key];
    const name = key.slice(dangerous.length);
    if (value === undefined || value === false) continue;
    const clean = typeof value === "string" && !/[*\n]/.test(value);
    if (name === "body_down" && clean) conditions.push(`[BODY] != pat(*${value}*)`);
    else if (name === "body_down_if_text_missing" && clean) conditions.push(`[BODY] == pat(*${value}*)`);
    else reader.refuse([...path, key], `${key}: cannot be had here. State what the answer must hold in \`conditions\`.`);
  }
  return conditions.length === 0 || Array.isArray(entry.expectedStatusCodes) || entry.maxResponseTime !== undefined
    ? conditions
    : [...success, ...conditions];
}

/** `Name: value` each. */
function headersOf(list: readonly unknown[]): Record<string, string> {
  return Object.fromEntries(
    list.map((line) => {
      const [name = "", ...rest] = String(line).split(":");
      return [name.trim(), rest.join(":").trim()];
    }),
  );
}

const gatusBeside =
  "alerting announcements concurrency connectivity debug disable-monitoring-lock maintenance metrics remote security skip-invalid-config-update storage suites tunneling ui web";
const upptimeBeside =
  "owner repo user-agent sites assignees status-website workflowSchedule commitMessages commitPrefixStatusUp commitPrefixStatusDown commitPrefixStatusDegraded i18n runner delay notifications PAT customStatusWebsitePackage skipDeleteIssues skipDescriptionUpdate skipTopicsUpdate skipHomepageUpdate skipPoweredByReadme";

/** By the key under which the list stands. */
export const tools: ReadonlyMap<string, Tool> = new Map([
  ["targets", { translate: (_, entry) => entry, beside: new Set<string>() }],
  ["endpoints", { translate: fromGatus, beside: new Set(gatusBeside.split(" ")) }],
  ["sites", { translate: fromUpptime, beside: new Set(upptimeBeside.split(" ")) }],
]);
