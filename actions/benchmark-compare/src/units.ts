import type { Direction } from "./model.ts";

/** What a tool's unit means in base units: ns, B, and rates per second. */
export interface Unit {
  readonly unit: string;
  readonly factor: number;
  /** Absent where the unit does not tell. */
  readonly direction: Direction | undefined;
  readonly exact: boolean;
}

const times: Readonly<Record<string, number>> = {
  ps: 1e-3,
  ns: 1,
  nsec: 1,
  nanosecond: 1,
  nanoseconds: 1,
  us: 1e3,
  usec: 1e3,
  microsecond: 1e3,
  microseconds: 1e3,
  ms: 1e6,
  msec: 1e6,
  millisecond: 1e6,
  milliseconds: 1e6,
  s: 1e9,
  sec: 1e9,
  secs: 1e9,
  second: 1e9,
  seconds: 1e9,
  m: 6e10,
  min: 6e10,
  minute: 6e10,
  minutes: 6e10,
  h: 3.6e12,
  hour: 3.6e12,
  hours: 3.6e12,
};

const sizes: Readonly<Record<string, number>> = {
  b: 1,
  byte: 1,
  bytes: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};

const bits: Readonly<Record<string, number>> = { bit: 1 / 8, bits: 1 / 8, kbit: 125, mbit: 125_000, gbit: 125_000_000 };

/** What is counted per time. */
const events =
  /^(op|ops|operation|operations|iter|iters|iteration|iterations|req|reqs|request|requests|item|items|elem|element|elements|hit|hits|call|calls|run|runs|tx|txs|transaction|transactions|event|events|message|messages|msg|msgs|row|rows|query|queries|record|records|frame|frames|token|tokens)$/;

/** What one run is called after a slash: `ns/op` is a time. */
const each = /^(op|ops|iter|iters|iteration|call|run|item|element|elem|exec|invocation|request|req)$/;

const exactWords = /^(allocs?|allocations?|instructions?|instrs?|ir|branches|objects)$/;

/** Reads a unit as a tool writes it: `ms`, `µs/op`, `ops/ms`, `MB/s`, `KiB`, `allocs/op`. What is not known is kept as it is. */
export function readUnit(text: string): Unit {
  const before = known.get(text);
  if (before !== undefined) return before;
  const unit = parseUnit(text);
  if (known.size < mostKnown) known.set(text, unit);
  return unit;
}

const known = new Map<string, Unit>();
const mostKnown = 1_000;

function parseUnit(text: string): Unit {
  const given = text.trim();
  const [, left = given, right] = /^([^/]*?)\s*\/\s*([^/]*)$/.exec(given) ?? [];
  const rate = /^(.*?)(?:ps|\s+per\s+(?:s|sec|second))$/i.exec(given);
  if (right === undefined) return plainUnit(given) ?? perSecond(rate?.[1] ?? "", 1e9, given) ?? unknown(given);
  const own = right.trim().toLowerCase();
  if (each.test(own)) return perRun(left, given);
  const time = times[own];
  if (time !== undefined)
    return perSecond(left, time, given) ?? { unit: `${left}/s`, factor: 1e9 / time, direction: "higher", exact: false };
  return plainUnit(left) ?? unknown(given);
}

function unknown(unit: string): Unit {
  return { unit, factor: 1, direction: undefined, exact: false };
}

function plainUnit(text: string): Unit | undefined {
  // The micro sign and the Greek letter look the same, and tools write either.
  const word = text.toLowerCase().replace(/^[\u00b5\u03bc]/, "u");
  const time = times[word];
  if (time !== undefined) return { unit: "ns", factor: time, direction: "lower", exact: false };
  const size = sizes[word];
  if (size !== undefined) return { unit: "B", factor: size, direction: "lower", exact: true };
  if (exactWords.test(word)) return { unit: text, factor: 1, direction: "lower", exact: true };
  return undefined;
}

function perRun(left: string, given: string): Unit {
  const plain = plainUnit(left);
  if (plain === undefined) return unknown(given);
  return plain.unit === "ns" || plain.unit === "B" ? plain : { ...plain, unit: given };
}

function perSecond(left: string, time: number, given: string): Unit | undefined {
  const word = left.trim().toLowerCase();
  const size = sizes[word] ?? bits[word];
  const factor = 1e9 / time;
  if (size !== undefined) return { unit: "B/s", factor: size * factor, direction: "higher", exact: false };
  const [, scale = "", name = word] = /^([kmg])?(ops?|iters?|reqs?|items?|elem|flops?)$/.exec(word) ?? [];
  const counted = scale === "" ? word : name;
  const scaled = { k: 1e3, m: 1e6, g: 1e9 }[scale] ?? 1;
  if (!events.test(counted) && !(word === "fl" && given.toLowerCase().endsWith("ops"))) return undefined;
  return { unit: `${unitOf(counted)}/s`, factor: factor * scaled, direction: "higher", exact: false };
}

function unitOf(counted: string): string {
  if (/^(op|operation)/.test(counted)) return "ops";
  if (/^iter/.test(counted)) return "iter";
  if (/^req/.test(counted)) return "req";
  return /^(item|elem)/.test(counted) ? "items" : counted;
}
