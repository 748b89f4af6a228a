import { statfs } from "node:fs/promises";
import { codeOf, messageOf } from "../../frame/errors.ts";
import type { Exec } from "../../frame/ports.ts";
import { lastDue, parseSchedule } from "../cron.ts";
import type { AllowPrivate, Memory, Observation, Target } from "../model.ts";
import { alignSeries, readInstant, readRange, share } from "../prometheus.ts";
import type { Answer } from "./exchange.ts";
import { type Deadline, ProbeFailure } from "./failure.ts";
import { askOnce, decoded } from "./http.ts";

/** Kinds that ask something else than the target itself: this machine's disk, a program, the store, Prometheus. */

export async function probeDisk(target: Target, deadline: Deadline): Promise<Observation> {
  const late = (): ProbeFailure => new ProbeFailure("disk.slow", "the file system did not answer in time", { status: "unknown" });
  try {
    const { blocks, bfree, bavail, bsize } = await deadline.race(statfs(target.url), late);
    // As `df` counts: what is reserved for root is neither used nor free.
    const used = blocks - bfree;
    const value = used + bavail === 0 ? 0 : Math.round((10_000 * used) / (used + bavail)) / 100;
    const free = bavail * bsize;
    return {
      facts: { connected: true, value, free },
      evidence: `${value.toFixed(1)} % used, ${Math.floor(free / 1024 ** 2)} MiB free`,
      elapsed: deadline.elapsed,
    };
  } catch (error) {
    if (error instanceof ProbeFailure) throw error;
    throw new ProbeFailure("disk.missing", `the file system cannot be asked (${codeOf(error) ?? "error"})`, { status: "unknown" });
  }
}

export async function probeCommand(target: Target, exec: Exec, deadline: Deadline): Promise<Observation> {
  const [program = "", ...args] = target.command ?? [];
  const kept: Uint8Array[] = [];
  let size = 0;
  const output = (piece: Uint8Array): void => {
    if (size < 1_048_576) kept.push(piece);
    size += piece.length;
  };
  const timeout = Math.max(1, Math.floor(deadline.left - 20));
  const late = (): ProbeFailure => new ProbeFailure("command.timeout", "the program did not end in time");
  try {
    const { exitCode } = await deadline.race(exec.run(program, args, { timeout, output }), late, timeout);
    const body = Buffer.concat(kept).subarray(0, 1_048_576).toString("utf8").trim();
    return { facts: { connected: true, status: exitCode, body }, evidence: `exit code ${exitCode}`, elapsed: deadline.elapsed };
  } catch (error) {
    if (error instanceof ProbeFailure) throw error;
    const words = messageOf(error);
    if (/did not end within/.test(words)) throw late();
    throw new ProbeFailure("command.missing", "the program could not be started", { status: "unknown" });
  }
}

async function recallBeat(memory: Memory | undefined, name: string): Promise<unknown> {
  if (memory?.look === undefined) return memory?.recall?.(name);
  const seen = await memory.look(name);
  if ("unreadable" in seen) throw new ProbeFailure("state.missing", `the store cannot be read: ${seen.unreadable}`, { status: "unknown" });
  return "data" in seen ? seen.data : undefined;
}

/** Clocks of runners differ; a beat that is further ahead than this does not tell when it was. */
const mostAhead = 600_000;
/** The last moment that a date can name. */
const latestTime = 8.64e15;

function timeOf(at: number): string {
  return Math.abs(at) <= latestTime ? new Date(at).toISOString() : "a time that no clock shows";
}

/** When the last beat came, against when it was due. */
export async function probeHeartbeat(target: Target, memory: Memory | undefined, now: number, deadline: Deadline): Promise<Observation> {
  const { beat, schedule, timezone, grace } = target.heartbeat ?? { beat: "", schedule: undefined, timezone: "UTC", grace: 0 };
  const late = (): ProbeFailure => new ProbeFailure("state.missing", "the store did not answer in time", { status: "unknown" });
  const stored = await deadline.race(recallBeat(memory, `beat-${beat}`), late);
  const at = typeof stored === "object" && stored !== null && "at" in stored && typeof stored.at === "number" ? stored.at : undefined;
  if (at === undefined) throw new ProbeFailure("heartbeat.never", `no heartbeat named ${beat} has been recorded`, { status: "unknown" });
  // Whoever beat by a clock that was ahead would count as well until that time comes.
  if (!(Math.abs(at) <= latestTime) || at > now + mostAhead)
    throw new ProbeFailure("heartbeat.future", `${timeOf(at)} is recorded, which is still to come: some clock was wrong`, {
      status: "unknown",
    });
  const cron = schedule === undefined ? undefined : parseSchedule(schedule);
  const due = cron === undefined || typeof cron === "string" ? now - grace : lastDue(cron, timezone, now - grace);
  const seen = `last seen at ${new Date(at).toISOString()}`;
  if (due !== undefined && at < due)
    throw new ProbeFailure("heartbeat.missed", `${seen}, due at ${new Date(due).toISOString()}`, { facts: { connected: true } });
  return { facts: { connected: true }, evidence: seen, elapsed: deadline.elapsed };
}

const steps = 20;

export async function probePrometheus(target: Target, allow: AllowPrivate, now: number, deadline: Deadline): Promise<Observation> {
  const ask = (path: string, parameters: Record<string, string>): Promise<Answer> =>
    askPrometheus(target, path, parameters, allow, deadline);
  const queries = [target.query ?? "", ...(target.total === undefined ? [] : [target.total])];
  if (target.for !== undefined && target.for > 0) return overRange(target, queries, ask, now, deadline);
  const [bad, total] = (await Promise.all(queries.map((query) => ask("query", { query })))).map(({ status, body }) =>
    readInstant(status, body ?? ""),
  );
  if (bad === undefined) return unreadable({ reason: "prom.shape", evidence: "there is no answer" });
  const reading = total === undefined ? bad : share(bad, total);
  if ("reason" in reading) return unreadable(reading);
  return { facts: { connected: true, value: reading.value }, evidence: `the value is ${reading.value}`, elapsed: deadline.elapsed };
}

function unreadable({ reason, evidence }: { reason: string; evidence: string }): never {
  throw new ProbeFailure(reason, evidence, { status: "unknown", facts: { connected: true } });
}

type Asking = (path: string, parameters: Record<string, string>) => Promise<Answer>;

async function overRange(target: Target, queries: readonly string[], ask: Asking, now: number, deadline: Deadline): Promise<Observation> {
  const span = target.for ?? 0;
  const step = Math.max(1, Math.ceil(span / 1000 / steps));
  const end = Math.floor(now / 1000);
  const count = Math.max(1, Math.floor(span / 1000 / step));
  const times = Array.from({ length: count + 1 }, (_, index) => end - (count - index) * step);
  const window = { start: String(times[0] ?? end), end: String(end), step: String(step) };
  const answers = await Promise.all(queries.map((query) => ask("query_range", { query, ...window })));
  const series = answers.map(({ status, body }) => readRange(status, body ?? ""));
  const [bad, total] = series;
  for (const one of series) if ("reason" in one) unreadable(one);
  if (bad === undefined || "reason" in bad) return unreadable({ reason: "prom.shape", evidence: "there is no answer" });
  const values = alignSeries(times, bad.points, total !== undefined && "points" in total ? total.points : undefined);
  const last = values.at(-1);
  return {
    facts: { connected: true, series: values, ...(last === undefined ? {} : { value: last }) },
    evidence: `the value is ${last ?? "missing"}`,
    elapsed: deadline.elapsed,
  };
}

/** A Prometheus that cannot be asked says nothing about what it watches. */
async function askPrometheus(
  target: Target,
  path: string,
  parameters: Record<string, string>,
  allow: AllowPrivate,
  deadline: Deadline,
): Promise<Answer> {
  const base = new URL(target.url);
  const url = new URL(`${base.origin}${base.pathname.replace(/\/$/, "")}/api/v1/${path}`);
  const headers: Record<string, string> = { ...target.headers, "content-type": "application/x-www-form-urlencoded" };
  if (base.username !== "" || base.password !== "")
    headers.authorization = `Basic ${Buffer.from(`${decoded(base.username)}:${decoded(base.password)}`).toString("base64")}`;
  try {
    return await askOnce({ url, method: "POST", headers, body: new URLSearchParams(parameters).toString(), keep: true }, allow, deadline);
  } catch (error) {
    if (!(error instanceof ProbeFailure)) throw error;
    throw new ProbeFailure(error.refused ? error.reason : "prom.unreachable", `Prometheus: ${error.message}`, {
      status: "unknown",
      refused: error.refused,
    });
  }
}
