import { isUserError, UserError } from "../frame/errors.ts";
import type { YamlInput } from "../frame/manifest.ts";
import { didYouMean } from "../frame/nearest.ts";
import { parseDuration, parseInteger } from "../frame/numbers.ts";
import { parseCondition } from "./conditions.ts";
import { knownZone, parseSchedule } from "./cron.ts";
import { type Condition, type Kind, kinds, type Level, type Target, type TargetDefaults } from "./model.ts";
import { headerSecrets, splitAddress } from "./secrets.ts";

const keys = [
  "name",
  "group",
  "url",
  "kind",
  "conditions",
  "method",
  "headers",
  "body",
  "follow-redirect",
  "attempts",
  "interval",
  "timeout",
  "for",
  "severity",
  "control",
  "dns",
  "query",
  "total",
  "command",
  "path",
  "beat",
  "schedule",
  "timezone",
  "grace",
] as const;
type Key = (typeof keys)[number];
const levels: readonly Level[] = ["critical", "high", "medium", "low"];
const recordTypes = ["A", "AAAA", "CNAME", "MX", "NS", "TXT", "SRV", "SOA", "PTR", "CAA"] as const;
const needsHost = new Set<Kind>(["http", "https", "tcp", "tls", "dns", "ws", "wss", "grpc", "grpcs", "postgres", "redis", "rediss"]);
const longestList = 10_000;

type Path = readonly (string | number)[];

/** Collects every mistake, each with its place. */
class Reader {
  readonly problems: string[] = [];
  readonly given: YamlInput;
  constructor(given: YamlInput) {
    this.given = given;
  }
  refuse(path: Path, message: string): undefined {
    if (this.problems.length < 50) this.problems.push(`${this.given.where(path)}: ${message}`);
    return undefined;
  }
}

/**
 * Reads a list of targets: a sequence of mappings, or a mapping whose `targets` or `endpoints` (as in gatus) is one. Every mistake is reported at once, as a `UserError`
 * with exit code 2. Secrets that the targets hold are in `Target.secrets`.
 */
export function parseTargets(given: YamlInput, defaults: TargetDefaults): readonly Target[] {
  const reader = new Reader(given);
  const { list, path } = listOf(given.value);
  if (list === undefined || list.length === 0) {
    throw new UserError(
      `${given.where(path)}: ${list === undefined ? "no list of targets was given" : "the list of targets is empty"}. Allowed: a list of entries with \`name\` and \`url\` or \`kind\`.`,
    );
  }
  if (list.length > longestList)
    throw new UserError(`${given.where(path)}: ${list.length} targets were given. Allowed: at most ${longestList}.`);
  const targets = list
    .map((entry, index) => readTarget(reader, entry, [...path, index], defaults))
    .filter((target) => target !== undefined);
  refuseTwins(reader, targets, path);
  if (reader.problems.length > 0) throw new UserError(reader.problems.join(" "), { problems: reader.problems });
  if (targets.every(({ control }) => control))
    throw new UserError(`${given.where(path)}: every target is a control, so there is nothing to judge.`);
  return targets;
}

function listOf(value: unknown): { list: readonly unknown[] | undefined; path: Path } {
  if (Array.isArray(value)) return { list: value, path: [] };
  if (isMapping(value)) {
    const names = Object.keys(value);
    const [name] = names;
    const inner = names.length === 1 && name !== undefined && (name === "targets" || name === "endpoints") ? value[name] : undefined;
    if (Array.isArray(inner) && name !== undefined) return { list: inner, path: [name] };
  }
  return { list: undefined, path: [] };
}

function refuseTwins(reader: Reader, targets: readonly Target[], path: Path): void {
  const seen = new Set<string>();
  for (const [index, { name }] of targets.entries()) {
    if (seen.has(name))
      reader.refuse([...path, index, "name"], `a target named ${JSON.stringify(name.slice(0, 80))} is already there. Names must differ.`);
    seen.add(name);
  }
}

type Mapping = Readonly<Record<string, unknown>>;

function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The values of one entry, each read as what it must be. */
class Entry {
  readonly #reader: Reader;
  readonly #path: Path;
  readonly #value: Mapping;
  constructor(reader: Reader, path: Path, value: Mapping) {
    this.#reader = reader;
    this.#path = path;
    this.#value = value;
  }
  raw(key: Key): unknown {
    return this.#value[key] ?? undefined;
  }
  refuse(key: Key, message: string): undefined {
    return this.#reader.refuse([...this.#path, key], `${key}: ${message}`);
  }
  text(key: Key): string | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    if (typeof value !== "string") return this.refuse(key, "is no text. Allowed: a text.");
    return hasControl(value, key === "body") ? this.refuse(key, "has control characters.") : value;
  }
  flag(key: Key): boolean | undefined {
    const value = this.raw(key);
    if (value === undefined || typeof value === "boolean") return value;
    return this.refuse(key, `${show(value)} is not allowed. Allowed: true or false.`);
  }
  duration(key: Key): number | undefined {
    const text = this.text(key);
    if (text === undefined) return undefined;
    return (
      parseDuration(text) ?? this.refuse(key, `${show(text)} is no duration. Allowed: a number with a unit (ms, s, m, h, d). Example: 10s`)
    );
  }
  count(key: Key): number | undefined {
    const text = this.text(key);
    if (text === undefined) return undefined;
    const count = parseInteger(text);
    return count !== undefined && count >= 1 && count <= 10_000
      ? count
      : this.refuse(key, `${show(text)} is not allowed. Allowed: a whole number from 1 to 10000.`);
  }
  list(key: Key): readonly string[] | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    const list =
      typeof value === "string"
        ? value
            .split("\n")
            .map((line) => line.trim())
            .filter((line) => line !== "")
        : value;
    if (Array.isArray(list) && list.length > 0 && list.every((item) => ["string", "number", "boolean"].includes(typeof item)))
      return list.map(String);
    return this.refuse(key, "is no list of texts.");
  }
  mapping(key: Key): Readonly<Record<string, string>> | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (!isMapping(value) || Object.values(value).some((item) => typeof item === "object"))
      return this.refuse(key, "is no mapping of names to texts.");
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, String(item)]));
  }
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 82);
}

function hasControl(text: string, lines: boolean): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code < 32 && !(lines && (code === 9 || code === 10 || code === 13))) || code === 127) return true;
  }
  return false;
}

function readTarget(reader: Reader, value: unknown, path: Path, defaults: TargetDefaults): Target | undefined {
  if (!isMapping(value))
    return reader.refuse(
      path,
      `${show(typeof value === "string" ? splitAddress(value).shown : value)} is no target. Allowed: an entry with \`name\` and \`url\` or \`kind\`.`,
    );
  for (const key of Object.keys(value)) {
    if (!keys.some((known) => known === key)) {
      reader.problems.push(
        `${reader.given.whereKey([...path, key])}: ${show(key)} is no key of a target.${didYouMean(key, keys)} Allowed: ${keys.join(", ")}.`,
      );
    }
  }
  const entry = new Entry(reader, path, value);
  const address = readAddress(entry);
  const name = readName(entry, address?.shown);
  if (address === undefined || name === undefined) return undefined;
  return assemble(entry, name, address, defaults);
}

function readName(entry: Entry, shown: string | undefined): string | undefined {
  const name = entry.text("name") ?? (shown === "" ? undefined : shown);
  if (name === undefined || name.trim() === "")
    return entry.raw("name") !== undefined || shown !== undefined ? entry.refuse("name", "is missing.") : undefined;
  if (name.length > 200) return entry.refuse("name", `has ${name.length} characters. Allowed: at most 200.`);
  const group = entry.text("group");
  return group === undefined ? name : `${group}/${name}`;
}

interface Address {
  readonly kind: Kind;
  readonly url: string;
  readonly shown: string;
  readonly secrets: readonly string[];
}

const otherNames: Readonly<Record<string, Kind>> = { postgresql: "postgres", k8s: "kubernetes" };

function readAddress(entry: Entry): Address | undefined {
  const url = entry.text("url");
  const named = entry.text("kind");
  if (url === undefined && named === undefined)
    return entry.refuse("url", "is missing. Allowed: an address, or `kind:` for kinds without one.");
  const split = splitAddress(url ?? "");
  const scheme = (/^([a-z][a-z0-9+.-]*):/i.exec(url ?? "")?.[1] ?? "").toLowerCase();
  const spelled = named ?? otherNames[scheme] ?? scheme;
  const kind = kinds.find((known) => known === spelled);
  if (kind === undefined) {
    const key = named === undefined ? "url" : "kind";
    return entry.refuse(
      key,
      `${show(named ?? split.shown)} is of no kind that is known.${didYouMean(spelled, kinds)} Allowed: ${kinds.join(", ")}.`,
    );
  }
  const contradicts = named !== undefined && url !== undefined && kind !== "prometheus" && (otherNames[scheme] ?? scheme) !== kind;
  if (contradicts) return entry.refuse("kind", `is ${kind}, but the address is of ${show(scheme)}. Allowed: one of both.`);
  const why = needsHost.has(kind) ? whyNoHost(url, kind) : undefined;
  if (why !== undefined) return entry.refuse("url", `${show(split.shown)} ${why}`);
  return { kind, url: url ?? "", shown: split.shown, secrets: split.secrets };
}

function whyNoHost(url: string | undefined, kind: Kind): string | undefined {
  if (url === undefined) return `is missing; the kind ${kind} needs an address.`;
  if (!URL.canParse(url)) return "is no address that can be read.";
  const parsed = new URL(url);
  if (parsed.hostname === "") return "names no host.";
  return kind === "tcp" && parsed.port === "" ? `names no port. Example: ${kind}://example.com:5432` : undefined;
}

function assemble(entry: Entry, name: string, address: Address, defaults: TargetDefaults): Target {
  const headers = entry.mapping("headers") ?? {};
  refuseHeaders(entry, headers);
  const severity = entry.text("severity");
  const level = levels.find((known) => known === severity);
  if (severity !== undefined && level === undefined)
    entry.refuse("severity", `${show(severity)} is not allowed. Allowed: ${levels.join(", ")}.`);
  const timeout = entry.duration("timeout") ?? defaults.timeout;
  if (timeout <= 0) entry.refuse("timeout", "is 0. Allowed: more than 0.");
  const method = (entry.text("method") ?? "GET").toUpperCase();
  if (!/^[A-Z][A-Z-]{0,30}$/.test(method) || method === "CONNECT") entry.refuse("method", `${show(method)} is not allowed. Example: GET`);
  const secrets = [...address.secrets, ...Object.entries(headers).flatMap(([header, value]) => headerSecrets(header, value))];
  return {
    name,
    kind: address.kind,
    url: whereOf(entry, address, defaults),
    shownUrl: address.shown,
    conditions: readConditions(entry),
    method,
    headers,
    body: entry.text("body"),
    followRedirects: entry.flag("follow-redirect") ?? true,
    attempts: entry.count("attempts") ?? defaults.attempts,
    interval: entry.duration("interval") ?? defaults.interval,
    timeout,
    for: entry.duration("for"),
    severity: level,
    control: entry.flag("control") ?? false,
    dns: readDns(entry, address.kind),
    ...readQuery(entry, address.kind),
    command: readCommand(entry, address.kind),
    heartbeat: readHeartbeat(entry, address, name),
    secrets: secrets.filter((secret) => secret !== ""),
  };
}

function whereOf(entry: Entry, address: Address, defaults: TargetDefaults): string {
  if (address.kind === "prometheus") return prometheusAddress(entry, address.url, defaults);
  return address.kind === "disk" ? diskPath(entry, address.url) : kubernetesPath(entry, address);
}

function refuseHeaders(entry: Entry, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) entry.refuse("headers", `${show(name)} is no name of a header.`);
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
      entry.refuse("headers", `the value of ${show(name)} has characters that no header may have.`);
  }
}

function readConditions(entry: Entry): Condition[] {
  const conditions: Condition[] = [];
  for (const text of entry.list("conditions") ?? []) {
    try {
      conditions.push(parseCondition(text));
    } catch (error) {
      if (!isUserError(error)) throw error;
      entry.refuse("conditions", error.message);
    }
  }
  return conditions;
}

function prometheusAddress(entry: Entry, url: string, defaults: TargetDefaults): string {
  const address = url === "" ? defaults.prometheus : url;
  if (address !== undefined && URL.canParse(address) && /^https?:/.test(address)) return address;
  entry.refuse(
    "kind",
    "is prometheus, but no address of Prometheus was given. Give the input `prometheus`. Example: http://prometheus:9090",
  );
  return "";
}

function diskPath(entry: Entry, url: string): string {
  const path = entry.text("path") ?? url.replace(/^disk:(\/\/)?/i, "");
  if (path === "") entry.refuse("path", "is missing. Example: disk:///var/lib");
  return path;
}

function kubernetesPath(entry: Entry, { kind, url }: Address): string {
  if (kind !== "kubernetes") return url;
  if (
    !/^(kubernetes|k8s):\/\/[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?\/(deployment|statefulset|daemonset)\/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(
      url,
    )
  )
    entry.refuse("url", `${show(url)} is no rollout. Allowed: kubernetes://<namespace>/<deployment, statefulset or daemonset>/<name>.`);
  return url;
}

function readDns(entry: Entry, kind: Kind): Target["dns"] {
  const raw = entry.raw("dns");
  if (kind !== "dns") return raw === undefined ? undefined : entry.refuse("dns", "belongs to the kind dns only.");
  if (!isMapping(raw)) return entry.refuse("dns", "is missing. Example: dns: {query-name: example.com, query-type: A}");
  const { "query-name": name, "query-type": type = "A", ...more } = raw;
  const [unknown] = Object.keys(more);
  if (unknown !== undefined) return entry.refuse("dns", `${show(unknown)} is no key here. Allowed: query-name, query-type.`);
  if (typeof name !== "string" || !/^(?=.{1,254}$)([^.\s]{1,63}\.)*[^.\s]{1,63}\.?$/.test(name))
    return entry.refuse("dns", "query-name is no name of a host.");
  const known = recordTypes.find((record) => record === String(type).toUpperCase());
  return known === undefined
    ? entry.refuse("dns", `query-type ${show(type)} is not allowed. Allowed: ${recordTypes.join(", ")}.`)
    : { name, type: known };
}

function readQuery(entry: Entry, kind: Kind): Pick<Target, "query" | "total"> {
  const query = entry.text("query");
  const total = entry.text("total");
  if (kind === "prometheus") {
    if (query === undefined || query.trim() === "") entry.refuse("query", "is missing.");
    if (entry.raw("conditions") === undefined)
      entry.refuse("conditions", "are missing: a query has no healthy value of its own. Example: [VALUE] < 0.05");
  } else if (query !== undefined || total !== undefined) entry.refuse("query", "belongs to the kind prometheus only.");
  return { query, total };
}

function readCommand(entry: Entry, kind: Kind): readonly string[] | undefined {
  const raw = entry.raw("command");
  if (kind !== "command") return raw === undefined ? undefined : entry.refuse("command", "belongs to the kind command only.");
  if (Array.isArray(raw) && raw.length > 0 && raw[0] !== "" && raw.every((item) => typeof item === "string" || typeof item === "number")) {
    const argv = raw.map(String);
    return argv.some((item) => item.includes("\0")) ? entry.refuse("command", "has a NUL character.") : argv;
  }
  return entry.refuse(
    "command",
    `is ${raw === undefined ? "missing" : "no list"}. Allowed: a program and its arguments, as a list; there is no shell. Example: [pg_isready, -q]`,
  );
}

function readHeartbeat(entry: Entry, { kind, url }: Address, name: string): Target["heartbeat"] {
  const schedule = entry.text("schedule");
  const grace = entry.duration("grace");
  if (kind !== "heartbeat") {
    if (schedule !== undefined || grace !== undefined) entry.refuse("schedule", "belongs to the kind heartbeat only.");
    return undefined;
  }
  if (schedule === undefined && grace === undefined)
    entry.refuse("schedule", "is missing. Allowed: cron words, or only `grace` for the longest silence.");
  const timezone = entry.text("timezone") ?? "UTC";
  if (!knownZone(timezone)) entry.refuse("timezone", `${show(timezone)} is no time zone. Example: Europe/Berlin`);
  const why = schedule === undefined ? undefined : parseSchedule(schedule);
  if (typeof why === "string") entry.refuse("schedule", `${show(schedule)}: ${why}`);
  const beat = entry.text("beat") ?? (url === "" ? name : url.replace(/^heartbeat:\/\//i, ""));
  if (!beatName.test(beat))
    entry.refuse("beat", `${show(beat)} is no name of a heartbeat. Allowed: letters, digits and dashes, at most 80.`);
  return { beat, schedule, timezone, grace: grace ?? 3_600_000 };
}

/** The names under which heartbeats are remembered. */
export const beatName = /^[A-Za-z0-9][A-Za-z0-9-]{0,79}$/;
