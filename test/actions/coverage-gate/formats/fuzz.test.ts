import { describe, expect, it } from "vitest";
import { isUserError } from "../../../../packages/frame/errors.ts";
import { parse } from "./read.ts";
import { type Sample, samples } from "./samples.ts";

/** `FUZZ_CASES=10000` for the long run; each format gets its share. */
const cases = Math.ceil(Number(process.env.FUZZ_CASES ?? "3600") / Object.keys(samples).length);
const encoder = new TextEncoder();

/** Numbers that are the same in every run (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const scraps = [
  '"',
  "'",
  "<",
  ">",
  "/>",
  "<!--",
  "]]>",
  "<![CDATA[",
  "&a;",
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "\n",
  "\r",
  "\0",
  "\\",
  "-1",
  "1e999",
  "99999999999999999999",
  "NaN",
  "__proto__",
  "end_of_record\n",
  "SF:x\n",
  "\ufeff",
  "null",
  "é",
];

function mangled(bytes: Uint8Array, next: () => number): Uint8Array {
  const at = Math.floor(next() * bytes.length);
  const to = Math.min(bytes.length, at + Math.floor(next() * 40));
  switch (Math.floor(next() * 6)) {
    case 0:
      return bytes.slice(0, at);
    case 1:
      return joined(bytes.subarray(0, at), bytes.subarray(to));
    case 2:
      return joined(bytes.subarray(0, at), encoder.encode(scraps[Math.floor(next() * scraps.length)]), bytes.subarray(at));
    case 3:
      return joined(bytes.subarray(0, to), bytes.subarray(at));
    case 4:
      return bytes.map((byte, i) => (i === at ? Math.floor(next() * 256) : byte));
    default:
      return bytes.slice(at);
  }
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** What became of a mangled report: read, refused with a line or a reason, or anything else, which is a bug. */
function outcome(bytes: Uint8Array, format: Sample | "auto"): "read" | "refused" {
  try {
    const { files } = parse(bytes, format);
    for (const { lines } of files) if (lines.line.length !== lines.state.length) throw new Error("torn table");
    return "read";
  } catch (error) {
    if (isUserError(error) && error.exitCode === 2 && error.message.startsWith("Coverage report `report`")) return "refused";
    throw error;
  }
}

describe("mangled reports", () => {
  it.each(Object.keys(samples) as Sample[])("%s is read or refused, never anything else", (format) => {
    const next = random(20_261_121 + format.length * 7919);
    const seen = { read: 0, refused: 0 };
    for (let i = 0; i < cases; i++) {
      let bytes: Uint8Array = encoder.encode(samples[format]);
      for (let times = 1 + Math.floor(next() * 3); times > 0 && bytes.length > 0; times--) bytes = mangled(bytes, next);
      try {
        seen[outcome(bytes, next() < 0.5 ? format : "auto")]++;
      } catch (error) {
        throw new Error(`case ${i}: ${JSON.stringify(new TextDecoder().decode(bytes))}`, { cause: error });
      }
    }
    if (process.env.FUZZ_CASES !== undefined) process.stderr.write(`${format}: ${seen.read} read, ${seen.refused} refused\n`);
    expect(seen.read + seen.refused).toBe(cases);
    expect(seen.refused).toBeGreaterThan(0);
  });

  it.each(Object.keys(samples) as Sample[])("%s is found by content, and refused when cut", (format) => {
    expect(parse(samples[format]).format).toBe(format);
    const text = samples[format].trimEnd();
    // A Go profile is whole at the end of every line, and a count says as much with fewer digits.
    if (format === "go") return;
    for (let end = Math.ceil(text.length / 2); end < text.length; end += 7) {
      const cut = text.slice(0, end);
      if (format === "lcov" && /(end_of_record|LH:[12])\n?$/.test(cut)) continue;
      expect(() => parse(cut, format), cut.slice(-20)).toThrow(/truncated|no LCOV record/);
    }
  });
});
