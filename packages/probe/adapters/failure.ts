import { codeOf, messageOf } from "../../frame/errors.ts";
import type { Facts } from "../model.ts";

/** What ends a probe early: a reason code and words without credentials. */
export class ProbeFailure extends Error {
  override readonly name = "ProbeFailure";
  readonly status: "degraded" | "down" | "unknown";
  readonly reason: string;
  readonly facts: Partial<Facts>;
  readonly refused: boolean;

  constructor(
    reason: string,
    words: string,
    options: { status?: "degraded" | "down" | "unknown"; facts?: Partial<Facts>; refused?: boolean } = {},
  ) {
    super(words);
    this.reason = reason;
    this.status = options.status ?? "down";
    this.facts = options.facts ?? {};
    this.refused = options.refused ?? false;
  }
}

const systemReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "tcp.refused",
  ECONNRESET: "tcp.reset",
  EPIPE: "tcp.reset",
  ECONNABORTED: "tcp.reset",
  ETIMEDOUT: "tcp.timeout",
  EHOSTUNREACH: "tcp.unreachable",
  ENETUNREACH: "tcp.unreachable",
  EHOSTDOWN: "tcp.unreachable",
  EADDRNOTAVAIL: "tcp.unreachable",
  EACCES: "tcp.forbidden",
  EPERM: "tcp.forbidden",
};

/** A failure of a socket or of a protocol on it. What this machine lacks says nothing about the target. */
export function socketFailure(error: unknown, where: string): ProbeFailure {
  if (error instanceof ProbeFailure) return error;
  const code = codeOf(error) ?? "";
  if (["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"].includes(code))
    return new ProbeFailure("runner.resources", `this machine has no more sockets (${code})`, { status: "unknown" });
  const reason = systemReasons[code];
  if (reason !== undefined) return new ProbeFailure(reason, `${where}: ${wordsOf[reason] ?? code}`);
  if (code.startsWith("HPE_")) return new ProbeFailure("http.protocol", `${where} does not speak HTTP (${code})`);
  if (code.startsWith("ERR_SSL") || code === "EPROTO")
    return new ProbeFailure("tls.handshake", `${where}: the TLS handshake failed (${code})`);
  if (code.startsWith("ERR_HTTP2")) return new ProbeFailure("http.protocol", `${where}: ${code}`);
  return new ProbeFailure("probe.error", `${where}: ${code === "" ? messageOf(error).slice(0, 200) : code}`);
}

const wordsOf: Readonly<Record<string, string>> = {
  "tcp.refused": "the connection was refused",
  "tcp.reset": "the connection was reset",
  "tcp.timeout": "no connection in time",
  "tcp.unreachable": "there is no way to that address",
  "tcp.forbidden": "this machine may not connect there",
};

/** Milliseconds left of a probe, and what to do when there are none: one timer for all of its phases. */
export class Deadline {
  readonly #end: number;
  readonly started = performance.now();

  constructor(timeout: number) {
    this.#end = this.started + timeout;
  }

  get left(): number {
    return Math.max(0, this.#end - performance.now());
  }

  get elapsed(): number {
    return performance.now() - this.started;
  }

  /** The promise, or `late` after so long (at most what is left); `late` also says what to close. */
  async race<T>(promise: Promise<T>, late: () => ProbeFailure, atMost = Number.POSITIVE_INFINITY): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(late()), Math.min(this.left, atMost, 2_147_483_647));
    });
    try {
      return await Promise.race([promise, limit]);
    } finally {
      clearTimeout(timer);
      promise.catch(() => {});
    }
  }
}
