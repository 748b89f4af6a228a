import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  commandData,
  commandProperty,
  longestBeginning,
  printable,
  printableLine,
  printableLines,
  visible,
} from "../../../packages/frame/printable.ts";
import { hostileStrings } from "../../fixtures/hostile.ts";

/** Reads a line as the runner does: commands first on the line after white space, or `##[` anywhere. */
function isCommand(line: string): boolean {
  return line.trimStart().startsWith("::") || line.includes("##[");
}

const lineBreaks = /[\n\r\v\f\u0085\u2028\u2029]/u;
const unseen = /(?!\t)[\p{Cc}\p{Cs}\p{Bidi_Control}]|[\u200b-\u200f\u2060-\u2064\ufeff\u3164]/u;
const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("#", "[", ":", " ", "\t", "\n", "\r", "\u2028", "\\", "a", "\ud83d", "\u200b") }),
);

describe("printableLine", () => {
  it.each(hostileStrings)("makes one harmless line of $name", ({ text }) => {
    const line = printableLine(text);
    expect(isCommand(line)).toBe(false);
    expect(line).not.toMatch(lineBreaks);
    expect(line).not.toMatch(unseen);
    expect(line.length).toBeLessThanOrEqual(5_000);
    expect(printableLine(line)).toBe(line);
  });

  it("holds for any text and any limit", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 200 }), (text, limit) => {
        const line = printableLine(text.repeat(3), limit);
        expect(isCommand(line)).toBe(false);
        expect(line).not.toMatch(lineBreaks);
        expect(line).not.toMatch(/\p{Cs}/u);
        expect(line.length).toBeLessThanOrEqual(Math.max(limit, 80));
        expect(printableLine(line, limit)).toBe(line);
      }),
    );
  });

  it("stays readable", () => {
    expect(printableLine("plain text: src\\a.ts, std::vector 100 % \u2705 \u2764\ufe0f")).toBe(
      "plain text: src\\a.ts, std::vector 100 % \u2705 \u2764\ufe0f",
    );
    expect(printableLine("  ::error::owned")).toBe("  \\::error::owned");
    expect(printableLine("a ##[group]b")).toBe("a ##\\[group]b");
    expect(printableLine("\u001b[31mred\r\n\u202e\u{e0041}\ud800")).toBe("\\x1b[31mred\\r\\n\\u202e\\u{e0041}\\ud800");
  });

  it("says how many characters of the original were cut", () => {
    const line = printableLine("\u001b".repeat(1_000), 100);
    const shown = line.split("\\x1b").length - 1;
    expect(line).toMatch(/… \d+ more characters$/);
    expect(line).toContain(`… ${1_000 - shown} more characters`);
    expect(shown).toBeGreaterThan(10);
  });

  it("never looks at the whole of a very long line", () => {
    const line = printableLine("x".repeat(10_000_000));
    expect(line).toMatch(/^x+… \d+ more characters$/);
    expect(line.length).toBeGreaterThan(4_990);
    expect(line.length).toBeLessThanOrEqual(5_000);
  });
});

describe("printableLines", () => {
  it("splits at every kind of break, and each line is harmless", () => {
    expect(printableLines("a\r\n::error::b\rc\u2028##[x]d\n")).toEqual(["a", "\\::error::b", "c", "##\\[x]d"]);
    expect(printableLines("")).toEqual([""]);
    expect(printable("a\r\n::error::b\n")).toBe("a\n\\::error::b");
  });
});

describe("visible", () => {
  it("changes nothing that can be seen", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", " ", "\t", "\\", "::", "##[", "\u00e9", "\u6f22", "\u{1f600}") }), (text) => {
        expect(visible(text)).toBe(text);
      }),
    );
  });
});

describe("longestBeginning", () => {
  it("finds the longest that fits and keeps pairs together", () => {
    expect(longestBeginning("abcdef", (text) => text.length <= 4)).toBe(4);
    expect(longestBeginning("abcdef", () => false)).toBe(0);
    expect(longestBeginning("abcdef", () => true)).toBe(6);
    expect(longestBeginning("ab\u{1f600}cd", (text) => text.length <= 3)).toBe(2);
  });
});

describe("command escaping", () => {
  /** The runner's own order of replacing. */
  const decode = (text: string) =>
    text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%3A", ":").replaceAll("%2C", ",").replaceAll("%25", "%");

  it("cannot leave its field, and the runner reads back what was given", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("%", "0", "A", "D", "2", "5", "3", "\n", "\r", ":", ",", "a") }), (text) => {
        expect(commandData(text)).not.toMatch(/[\r\n]/);
        expect(commandProperty(text)).not.toMatch(/[\r\n:,]/);
        expect(decode(commandProperty(text))).toBe(text);
      }),
    );
  });
});
