import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseReport } from "../../../actions/coverage-gate/src/formats/assemble.ts";
import { nothing, plus } from "../../../actions/coverage-gate/src/fraction.ts";
import type { Format, Metric, ParsedReport, Ratio } from "../../../actions/coverage-gate/src/model.ts";
import { ratioOf } from "../../../actions/coverage-gate/src/totals.ts";

const folder = join(import.meta.dirname, "..", "..", "fixtures", "coverage", "real");

interface Entry {
  readonly path: string;
  readonly format: Format;
  readonly expected: Partial<Record<Metric, Ratio>>;
}

const { reports }: { reports: readonly Entry[] } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));

function total(report: ParsedReport, metric: Metric): Ratio | undefined {
  const known = report.files.flatMap((file) => ratioOf(file, { metric, partialLines: "hit" }) ?? []);
  return known.length === 0 ? undefined : known.reduce(plus, nothing);
}

test("the manifest lists every report that is there", () => {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const ours = new Set(["manifest.json", "README.md"]);
  expect(files.map(({ name }) => name).filter((name) => !ours.has(name))).toHaveLength(reports.length);
});

describe("what a real tool wrote is read as that tool counted it", () => {
  test.each(reports)("$path", ({ path, format, expected }) => {
    const report = parseReport(path, readFileSync(join(folder, path)), { format: "auto", counts: false });
    expect(report.format).toBe(format);
    const metrics = Object.keys(expected) as Metric[];
    expect(Object.fromEntries(metrics.map((metric) => [metric, total(report, metric)]))).toEqual(expected);
  });
});
