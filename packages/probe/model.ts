import type { YamlInput } from "../frame/manifest.ts";
import type { Clock, Exec, Log, Remembered } from "../frame/ports.ts";

/** What is asked, by the scheme of the target's address or by its `kind:`. */
export const kinds = [
  "http",
  "https",
  "tcp",
  "tls",
  "dns",
  "ws",
  "wss",
  "grpc",
  "grpcs",
  "postgres",
  "redis",
  "rediss",
  "disk",
  "kubernetes",
  "heartbeat",
  "command",
  "prometheus",
] as const;
export type Kind = (typeof kinds)[number];

/** `unknown`: there is no evidence for any of the others. It is never taken for healthy, and never for down. */
export type Status = "healthy" | "degraded" | "down" | "unknown";
export type Level = "critical" | "high" | "medium" | "low";

/** One stated condition, in the syntax of gatus: `[STATUS] == 200`. */
export interface Condition {
  /** As it was written. */
  readonly text: string;
  readonly left: Operand;
  readonly operator: "==" | "!=" | "<" | "<=" | ">" | ">=";
  readonly right: Operand;
}

export interface Operand {
  readonly apply: "value" | "len" | "has" | "pat" | "any";
  /** A placeholder without its brackets (`BODY`), or undefined for a literal. */
  readonly placeholder?: string;
  /** The way into a JSON body: names and positions. */
  readonly path: readonly (string | number)[];
  /** The literal, or the alternatives of `any`. */
  readonly literals: readonly string[];
}

/** One thing to check. Times are in milliseconds. Addresses and headers may hold credentials: print `shownUrl`, never `url`. */
export interface Target {
  readonly name: string;
  readonly kind: Kind;
  /** Empty for kinds without an address. */
  readonly url: string;
  /** The address without userinfo and without token-like query parameters. */
  readonly shownUrl: string;
  readonly conditions: readonly Condition[];
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** `false`: a redirect is an answer like any other, and no success by itself. */
  readonly followRedirects: boolean;
  readonly attempts: number;
  readonly interval: number;
  readonly timeout: number;
  /** How long a failure must last before the target counts as down. */
  readonly for: number | undefined;
  readonly severity: Level | undefined;
  /** It must be reachable from wherever this runs; where none is, failures say nothing about the other targets. */
  readonly control: boolean;
  readonly dns: { readonly name: string; readonly type: string } | undefined;
  readonly query: string | undefined;
  readonly total: string | undefined;
  readonly command: readonly string[] | undefined;
  readonly heartbeat:
    | { readonly beat: string; readonly schedule: string | undefined; readonly timezone: string; readonly grace: number }
    | undefined;
  /** Credentials in this target: they must not be printed in any form. */
  readonly secrets: readonly string[];
}

/** What holds for targets that do not say otherwise. */
export interface TargetDefaults {
  readonly attempts: number;
  readonly interval: number;
  readonly timeout: number;
  /** The address of Prometheus. */
  readonly prometheus: string | undefined;
}

export interface CheckSettings {
  /** Milliseconds for everything; nothing takes longer. */
  readonly deadline: number;
  /** The last milliseconds of it, in which no target is asked any more, so that what has been seen can be remembered (0). */
  readonly reserve?: number;
  /** Failures before the first success do not count for so long; undefined: they count at once. */
  readonly startupDeadline: number | undefined;
  /** So many successes in a row make a target healthy (1). */
  readonly successStreak: number;
  /** The verify phase: floor(duration / interval) samples of each target; undefined: no such phase. */
  readonly duration: number | undefined;
  /** Share of the verify phase's samples that must succeed, 0 to 1 (1). */
  readonly minSuccess: number;
  readonly concurrency: number;
}

/** Milliseconds; undefined where nothing was measured. */
export interface Latency {
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  readonly p99: number | undefined;
}

export interface TargetResult {
  readonly name: string;
  readonly kind: Kind;
  readonly status: Status;
  /** `ok`, or a code such as `tcp.refused`, `tls.expired`, `http.status`, `body.assert`, `prom.empty`, `runner.network`. */
  readonly reason: string;
  /** Requests made, exactly. */
  readonly attempts: number;
  readonly successes: number;
  readonly latency: Latency;
  /** What was seen, in one sentence without credentials. */
  readonly evidence: string;
  readonly control: boolean;
  readonly severity?: Level;
  /** Samples and successes that count for availability: those of the verify phase where there is one. */
  readonly counted: { readonly samples: number; readonly successes: number };
  /** An address that may not be asked: the configuration is wrong, not the target. */
  readonly refused?: true;
  /** Milliseconds since 1970 at which the failure that `for` waits on was first seen. */
  readonly since?: number;
}

export interface CheckResult {
  /** The worst of all targets that are no controls: down, else unknown, else degraded, else healthy. */
  readonly status: Status;
  /** That target's reason. */
  readonly reason: string;
  /** In the order of the targets. */
  readonly targets: readonly TargetResult[];
  /** Percent of the counted samples that succeeded; undefined where there were none. */
  readonly availability: number | undefined;
  readonly latency: Latency;
}

/** What one request brought to light. */
export interface Observation {
  /** Set when there is nothing to judge conditions by, or when the protocol itself has answered. */
  readonly failure?: { readonly status: "degraded" | "down" | "unknown"; readonly reason: string; readonly refused?: true };
  readonly facts: Facts;
  /** In words. */
  readonly evidence: string;
  /** Milliseconds from the first packet to the last byte. */
  readonly elapsed: number;
}

/** What conditions can name. */
export interface Facts {
  readonly connected: boolean;
  /** HTTP status, or a command's exit code. */
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds until the certificate ends. */
  readonly certificate?: number;
  readonly ip?: string;
  readonly rcode?: string;
  /** Prometheus: the number; disk: used percent. */
  readonly value?: number;
  /** Prometheus with `for`: the values over that time, oldest first; undefined where there was none. */
  readonly series?: readonly (number | undefined)[];
  /** disk: bytes. */
  readonly free?: number;
  /** Redirects that were followed. */
  readonly redirects?: number;
}

/** Makes one request, within `timeout` milliseconds. Never throws for anything that the other side or the network does. */
export interface Prober {
  probe(target: Target, timeout: number): Promise<Observation>;
  /** Milliseconds that never jump. */
  elapsed(): Promise<number>;
  wait(milliseconds: number): Promise<void>;
}

/** Which addresses may be asked: `false`, `true` (but no link-local or metadata ones), or addresses and networks. */
export type AllowPrivate = boolean | readonly string[];

/** What remembers something between runs: the port `Baseline` does. Without it, `for` and heartbeats are unknown. */
export interface Memory {
  recall?(name: string): Promise<unknown>;
  /** Tells what is not there from what cannot be read, so that this is not written over. */
  look?(name: string): Promise<Remembered>;
  remember?(name: string, data: unknown): Promise<{ readonly saved: string } | { readonly skipped: string }>;
}

export interface ProbePorts {
  readonly prober: Prober;
  readonly clock: Clock;
  readonly memory: Memory | undefined;
  readonly log: Pick<Log, "debug" | "warning">;
}

/** What the adapter `adapters/prober.ts` opens a `Prober` with: `openProber(options: ProberOptions): Prober`. */
export interface ProberOptions {
  readonly allowPrivate: AllowPrivate;
  readonly exec: Exec;
  readonly memory: Memory | undefined;
  readonly clock: Clock;
}

/** `parseTargets` of `targets.ts`: every mistake at once, with its place, as a `UserError` with exit code 2. */
export type ParseTargets = (given: YamlInput, defaults: TargetDefaults) => readonly Target[];
/** `checkTargets` of `check.ts`: all targets at once, in at most `deadline` milliseconds. Hide `Target.secrets` (`log.secret`) before. */
export type CheckTargets = (targets: readonly Target[], settings: CheckSettings, ports: ProbePorts) => Promise<CheckResult>;
