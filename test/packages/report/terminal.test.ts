import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Report } from "../../../packages/report/model.ts";
import { renderTerminal } from "../../../packages/report/terminal.ts";
import { widthOf } from "../../../packages/report/width.ts";
import { hostileStrings } from "../../fixtures/hostile.ts";
import { everyField } from "./every-field.ts";
import { failing, passing, unknown } from "./samples.ts";

const plain = { colour: false, width: 90, folded: false, unicode: true } as const;
const colourCodes = new RegExp(`${String.fromCharCode(27)}\\[(?:0|1|2|31|32|33|36)m`, "g");

describe("renderTerminal", () => {
  it("says a failure like this", async () => {
    await expect(renderTerminal(failing, plain)).toMatchFileSnapshot("golden/fail.txt");
  });

  it("says all of a failure like this, in ASCII", async () => {
    const text = renderTerminal(failing, { ...plain, folded: true, unicode: false });
    await expect(text).toMatchFileSnapshot("golden/fail-all-ascii.txt");
    expect(text).toMatch(/^[\x20-\x7e\n]+$/);
  });

  it("has the answer on the first line", () => {
    const first = (report: Report) => renderTerminal(report, plain).split("\n")[0];
    expect(first(passing)).toBe("✓ pass · coverage-gate web · 84.21% of lines are covered (minimum 80%), 0.91 points more than the base");
    expect(first(unknown)).toBe("? unknown · coverage-gate · coverage/lcov.info is truncated: its last record has no end");
    expect(first({ ...failing, enforced: false })).toMatch(/^✗ fail \(not enforced\) · /);
  });

  it("differs in colours only when it has them", () => {
    const coloured = renderTerminal(failing, { ...plain, colour: true });
    expect(coloured).toMatch(colourCodes);
    expect(coloured.replace(colourCodes, "")).toBe(renderTerminal(failing, plain));
  });

  it("names what is folded away, and shows it on request", () => {
    expect(renderTerminal(failing, plain)).toMatch(/Not shown: By package\n$/);
    const all = renderTerminal(failing, { ...plain, folded: true });
    expect(all).toMatch(/cart {7}50% {2}█{10}\n/);
    expect(all).not.toContain("Not shown");
  });

  it.each(hostileStrings)("is not moved by $name", ({ text }) => {
    for (const colour of [false, true]) {
      const lines = renderTerminal(everyField(text), { ...plain, colour, folded: true })
        .replace(colourCodes, "")
        .split("\n");
      for (const line of lines) {
        expect(line).not.toMatch(/^\s*::|##\[/);
        expect(line).not.toMatch(/(?!\t)\p{Cc}|[\u2028\u2029\u200b\u202a-\u202e\u2066-\u2069\ufeff]|\p{Cs}/u);
      }
    }
  });

  it("keeps to the width, but for the first line and code", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "bc", " ", "/", "漢", "é", "\u0301", "✅", "-", "\n", "\u001b"), maxLength: 60 });
    fc.assert(
      fc.property(text, fc.integer({ min: 24, max: 120 }), fc.boolean(), (value, width, unicode) => {
        const report = everyField(value);
        const sections = report.sections.map((section) => ({ ...section, blocks: section.blocks.filter(({ kind }) => kind !== "code") }));
        const [, ...lines] = renderTerminal({ ...report, sections }, { colour: false, width, folded: true, unicode }).split("\n");
        expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(width);
      }),
    );
  });

  it("survives ten megabytes of anything, and counts what it leaves out", () => {
    for (const text of [" ".repeat(10_000_000), "\u001b".repeat(10_000_000)]) {
      expect(renderTerminal(everyField(text), plain)).toContain("… 9,996,000 more characters");
    }
  });

  it("aligns wide letters", () => {
    const rows = [
      ["漢字", "1"],
      ["ab", "22"],
      ["é́", "333"],
    ];
    const table = { kind: "table", columns: [{ title: "Name" }, { title: "N", align: "right" }], rows } as const;
    const lines = renderTerminal({ ...passing, rules: [], sections: [{ title: "T", blocks: [table] }] }, plain)
      .split("\n")
      .slice(3, 7);
    expect(lines).toEqual(["  Name    N", "  漢字    1", "  ab     22", "  é́     333"]);
    expect(new Set(lines.map(widthOf)).size).toBe(1);
  });

  it("cuts the beginning of paths, the end of words, and lists what fits no table", () => {
    const place = "packages/a-rather-long-name/src/components/button.tsx";
    const table = {
      kind: "table",
      columns: [{ title: "File" }, { title: "What" }],
      rows: [[{ place }, "some words that go on and on and on"]],
    } as const;
    const render = (width: number) =>
      renderTerminal({ ...passing, rules: [], sections: [{ title: "T", blocks: [table] }] }, { ...plain, width });
    expect(render(60)).toMatch(/\n {2}….*components\/button\.tsx {2}some words that go.*…\n/);
    expect(render(24)).toMatch(/File:\n +packages\//);
  });

  it("shows fifty rows and ten findings of five thousand, and says so", () => {
    const rows = Array.from({ length: 5_000 }, (_, index) => [`row ${index}`]);
    const findings = rows.map((_, index) => ({ rule: "r", severity: "error", message: "m", path: `f${index}`, line: 1 }) as const);
    const text = renderTerminal(
      { ...failing, findings, sections: [{ title: "T", blocks: [{ kind: "table", columns: [{ title: "C" }], rows, more: 7 }] }] },
      plain,
    );
    expect(text).toContain("row 49\n  and 4,957 more rows\n");
    expect(text).toContain("and 4,990 more\n");
  });
});
