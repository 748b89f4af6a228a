import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineTable, mergeFiles, unitTable } from "../../../../actions/coverage-gate/src/merge.ts";
import { type FileCoverage, lineState } from "../../../../actions/coverage-gate/src/model.ts";
import { lines, parse, shown, units } from "./read.ts";

const line = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 30 }) }, fc.constantFrom(65_536, 4_000_000_000));
const lineRows = fc.array(fc.tuple(line, fc.constantFrom(...Object.values(lineState))), { maxLength: 20 });
const unitRows = fc.array(
  fc.record({ line, covered: fc.boolean(), key: fc.constantFrom(0, 1, 2, 300, 2 ** 40), weight: fc.constantFrom(1, 1, 2) }),
  { maxLength: 12 },
);
const ratio = fc.tuple(fc.nat(5), fc.nat(5)).map(([covered, more]) => ({ covered, total: covered + more }));
const file: fc.Arbitrary<FileCoverage> = fc
  .tuple(lineRows, fc.option(unitRows), fc.option(unitRows), fc.option(ratio), fc.boolean())
  .map(([rows, statements, branches, totals, placeholder]) => ({
    lines: lineTable(totals === null ? rows : []),
    ...(statements === null || statements.length === 0 || totals !== null ? {} : { statements: unitTable(statements) }),
    ...(branches === null || branches.length === 0 || totals !== null ? {} : { branches: unitTable(branches) }),
    ...(totals === null ? {} : { totals: { lines: totals } }),
    ...(placeholder ? { placeholder: true as const } : {}),
  }));

/** Everything that a file says, comparable. Weights of 1 are as good as none. */
function said(coverage: FileCoverage): unknown {
  const table = (name: "statements" | "branches" | "functions") => {
    const unit = coverage[name];
    return unit === undefined ? [] : [...unit.line].map((each, i) => [each, unit.key[i], unit.covered[i], unit.weight?.[i] ?? 1]);
  };
  return [lines(coverage), table("statements"), table("branches"), table("functions"), coverage.totals ?? {}, coverage.placeholder];
}

const options = { numRuns: 400, seed: 20_261_121 };

describe("merging", () => {
  it("does not depend on the order", () => {
    fc.assert(
      fc.property(fc.array(file, { minLength: 1, maxLength: 5 }), (files) => {
        expect(said(mergeFiles(files.toReversed()))).toEqual(said(mergeFiles(files)));
      }),
      options,
    );
  });

  it("does not depend on grouping", () => {
    fc.assert(
      fc.property(file, file, file, (a, b, c) => {
        expect(said(mergeFiles([mergeFiles([a, b]), c]))).toEqual(said(mergeFiles([a, mergeFiles([b, c])])));
        expect(said(mergeFiles([mergeFiles([a, b]), c]))).toEqual(said(mergeFiles([a, b, c])));
      }),
      options,
    );
  });

  it("is the same when a report is read twice", () => {
    fc.assert(
      fc.property(file, file, (a, b) => {
        expect(said(mergeFiles([a, a]))).toEqual(said(a));
        expect(said(mergeFiles([a, b, a]))).toEqual(said(mergeFiles([a, b])));
      }),
      options,
    );
  });

  it("gives tables in order, each line and unit once", () => {
    fc.assert(
      fc.property(fc.array(file, { maxLength: 4 }), (files) => {
        const merged = mergeFiles(files);
        expect([...merged.lines.line]).toEqual([...new Set(merged.lines.line)].sort((a, b) => a - b));
        const { line = [], key = [] } = merged.branches ?? {};
        const pairs = [...line].map((each, i) => `${String(each).padStart(12)} ${String(key[i]).padStart(16)}`);
        expect(pairs).toEqual([...new Set(pairs)].sort());
      }),
      options,
    );
  });

  it("makes of shards what the whole run would have been", () => {
    const tests = fc.array(fc.array(fc.nat(19), { maxLength: 8 }), { minLength: 1, maxLength: 4 });
    const report = (hits: readonly number[]) => {
      const rows = Array.from({ length: 20 }, (_, i) => `DA:${i + 1},${hits.filter((hit) => hit === i).length}`);
      const branches = Array.from(
        { length: 10 },
        (_, i) => `BRDA:${i * 2 + 1},0,0,${hits.includes(i) ? 1 : 0}\nBRDA:${i * 2 + 1},0,1,${hits.includes(i + 10) ? 1 : 0}`,
      );
      return `SF:a.js\n${rows.join("\n")}\n${branches.join("\n")}\nend_of_record\n`;
    };
    fc.assert(
      fc.property(tests, (shards) => {
        const whole = parse(report(shards.flat()));
        const parts = shards.flatMap((shard) => parse(report(shard)).files);
        expect(said(mergeFiles(parts))).toEqual(said(mergeFiles(whole.files)));
        // The same, when the shards' reports are concatenated.
        const [joined] = parse(shards.map(report).join("")).files;
        expect(joined === undefined ? "" : said(joined)).toEqual(said(mergeFiles(whole.files)));
      }),
      options,
    );
  });

  it("knows 0 and ignored as ignored, ignored and hit as hit", () => {
    const state = (...states: number[]) => lines(mergeFiles(states.map((each) => ({ lines: lineTable([[7, each]]) }))));
    expect([
      state(lineState.missed, lineState.ignored),
      state(lineState.ignored, lineState.hit),
      state(lineState.missed, lineState.missed),
    ]).toEqual(["7?", "7+", "7-"]);
  });

  it("keeps counts and names where they are known, the larger count between reports", () => {
    const report = (count: number, taken: number) =>
      parse(`SF:a\nFN:1,f\nFNDA:${count},f\nDA:1,${count}\nBRDA:1,0,0,${taken}\nend_of_record\n`, "auto", true).files;
    const merged = mergeFiles([...report(3, 0), ...report(5, 2)]);
    expect([[...(merged.lines.count ?? [])], [...(merged.branches?.count ?? [])], merged.functions?.name]).toEqual([[5], [2], ["f"]]);
  });

  it("lets rows win over totals", () => {
    const totals: FileCoverage = { lines: lineTable([]), totals: { lines: { covered: 1, total: 9 } } };
    const rows: FileCoverage = { lines: lineTable([[1, lineState.hit]]) };
    expect(mergeFiles([totals, rows]).totals).toBeUndefined();
    expect(mergeFiles([totals, { lines: lineTable([]), totals: { lines: { covered: 2, total: 9 } } }]).totals).toEqual({
      lines: { covered: 2, total: 9 },
    });
    expect(shown(parse("TN:\n"))).toEqual({});
    expect(
      units(
        unitTable([
          { line: 2, covered: true },
          { line: 1, covered: false },
        ]),
      ),
    ).toBe("1- 2+");
  });
});
