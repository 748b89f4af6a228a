import { isUserError, UserError } from "../frame/errors.ts";
import type { YamlInput } from "../frame/manifest.ts";
import { didYouMean } from "../frame/nearest.ts";
import { parseCondition } from "./conditions.ts";
import type { Condition, Level, Target, TargetDefaults } from "./model.ts";
import { type Translate, tools } from "./other-tools.ts";
import { headerSecrets, splitAddress } from "./secrets.ts";
import { type Address, readAddress, whereOf } from "./target-address.ts";
import { Entry, isMapping, keys, type Path, Reader, show } from "./target-entry.ts";
import { readCommand, readDns, readHeartbeat, readQuery } from "./target-kinds.ts";

const levels: readonly Level[] = ["critical", "high", "medium", "low"];
const longestList = 10_000;

/**
 * Reads a list of targets: a sequence of mappings, or a mapping whose `targets`, `endpoints` (of gatus) or `sites` (of Upptime) is one. Every mistake is reported at once, as a `UserError`
 * with exit code 2. Secrets that the targets hold are in `Target.secrets`.
 */
export function parseTargets(given: YamlInput, defaults: TargetDefaults): readonly Target[] {
  const reader = new Reader(given);
  const { list, path, translate } = listOf(given.value);
  if (list === undefined || list.length === 0) {
    throw new UserError(
      `${given.where(path)}: ${list === undefined ? "no list of targets was given" : "the list of targets is empty"}. Allowed: a list of entries with \`name\` and \`url\` or \`kind\`.`,
    );
  }
  if (list.length > longestList)
    throw new UserError(`${given.where(path)}: ${list.length} targets were given. Allowed: at most ${longestList}.`);
  const targets: Target[] = [];
  const places: Path[] = [];
  for (const [index, entry] of list.entries()) {
    const place = [...path, index];
    const said = isMapping(entry) ? translate(reader, entry, place) : entry;
    const target = said === undefined ? undefined : readTarget(reader, said, place, defaults);
    if (target === undefined) continue;
    targets.push(target);
    places.push(place);
  }
  refuseTwins(reader, targets, places);
  if (reader.problems.length > 0) throw new UserError(reader.problems.join(" "), { problems: reader.problems });
  if (targets.length === 0) throw new UserError(`${given.where(path)}: every target is switched off, so there is nothing to judge.`);
  if (targets.every(({ control }) => control))
    throw new UserError(`${given.where(path)}: every target is a control, so there is nothing to judge.`);
  return targets;
}

interface Listed {
  readonly list: readonly unknown[] | undefined;
  readonly path: Path;
  readonly translate: Translate;
}

function listOf(value: unknown): Listed {
  const asIs: Translate = (_, entry) => entry;
  if (Array.isArray(value)) return { list: value, path: [], translate: asIs };
  const names = isMapping(value) ? Object.keys(value) : [];
  const name = names.find((each) => tools.has(each));
  const tool = name === undefined ? undefined : tools.get(name);
  const inner = isMapping(value) && name !== undefined ? value[name] : undefined;
  if (tool === undefined || name === undefined || !Array.isArray(inner) || !names.every((each) => each === name || tool.beside.has(each)))
    return { list: undefined, path: [], translate: asIs };
  return { list: inner, path: [name], translate: tool.translate };
}

function refuseTwins(reader: Reader, targets: readonly Target[], places: readonly Path[]): void {
  const seen = new Set<string>();
  for (const [index, { name }] of targets.entries()) {
    if (seen.has(name))
      reader.refuse(
        [...(places[index] ?? []), "name"],
        `a target named ${JSON.stringify(name.slice(0, 80))} is already there. Names must differ.`,
      );
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
    conditions: address.kind === "dns" ? readConditions(entry).map(withoutRoot) : readConditions(entry),
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

/** gatus writes names of DNS with the dot of the root at their end; here they come without. */
function withoutRoot(condition: Condition): Condition {
  const side = (operand: Condition["left"]): Condition["left"] => ({
    ...operand,
    literals: operand.literals.map((literal) => literal.replace(/(?<=[^.])\.$/, "")),
  });
  return { ...condition, left: side(condition.left), right: side(condition.right) };
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
