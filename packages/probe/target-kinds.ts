import { knownZone, parseSchedule } from "./cron.ts";
import type { Kind, Target } from "./model.ts";
import type { Address } from "./target-address.ts";
import { type Entry, isMapping, show } from "./target-entry.ts";

/** What only some kinds have: the question to a name server, a query, a program, a heartbeat's times. */

const recordTypes = ["A", "AAAA", "CNAME", "MX", "NS", "TXT", "SRV", "SOA", "PTR", "CAA"] as const;
/** The names under which heartbeats are remembered. */
export const beatName = /^[A-Za-z0-9][A-Za-z0-9-]{0,79}$/;

export function readDns(entry: Entry, kind: Kind): Target["dns"] {
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

export function readQuery(entry: Entry, kind: Kind): Pick<Target, "query" | "total"> {
  const query = entry.text("query");
  const total = entry.text("total");
  if (kind === "prometheus") {
    if (query === undefined || query.trim() === "") entry.refuse("query", "is missing.");
    if (entry.raw("conditions") === undefined)
      entry.refuse("conditions", "are missing: a query has no healthy value of its own. Example: [VALUE] < 0.05");
  } else if (query !== undefined || total !== undefined) entry.refuse("query", "belongs to the kind prometheus only.");
  return { query, total };
}

export function readCommand(entry: Entry, kind: Kind): readonly string[] | undefined {
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

export function readHeartbeat(entry: Entry, { kind, url }: Address, name: string): Target["heartbeat"] {
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
