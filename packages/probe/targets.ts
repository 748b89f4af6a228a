import { isUserError, UserError } from "../frame/errors.ts";
import type { YamlInput } from "../frame/manifest.ts";
import { didYouMean } from "../frame/nearest.ts";
import { parseCondition } from "./conditions.ts";
import type { Condition, Level, Target, TargetDefaults } from "./model.ts";
import { headerSecrets, splitAddress } from "./secrets.ts";
import { type Address, readAddress, whereOf } from "./target-address.ts";
import { Entry, isMapping, keys, type Path, Reader, show } from "./target-entry.ts";
import { readCommand, readDns, readHeartbeat, readQuery } from "./target-kinds.ts";

const levels: readonly Level[] = ["critical", "high", "medium", "low"];
const longestList = 10_000;

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
