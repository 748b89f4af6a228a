import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cleanUp, root, temporaryFolder } from "../harness.ts";
import { commitAll, writeFiles } from "../repository.ts";
import { ended, gate } from "./gate.ts";

interface Real {
  readonly path: string;
  readonly format: string;
  readonly expected: Readonly<Record<string, { readonly covered: number; readonly total: number }>>;
}

const real = join(root, "test", "fixtures", "coverage", "real");
const { reports } = JSON.parse(readFileSync(join(real, "manifest.json"), "utf8")) as { reports: readonly Real[] };

/** A report of each format and each family of tools; every single one is read by the parser's own tests. */
const chosen = [
  "lcov/lcov.info",
  "jest/lcov.info",
  "jest/coverage-final.json",
  "jest/report.json",
  "vitest-v8/coverage-final.json",
  "jest/coverage-summary.json",
  "coverage.py/coverage.xml",
  "gcovr/cobertura.xml",
  "phpunit/clover.xml",
  "openclover/clover.xml",
  "jacoco/aggregate.xml",
  "coverage.py/coverage.json",
  "go/coverpkg.out",
  "simplecov/.resultset.json",
  "llvm-cov/export.json",
  "gcov/main.gcov.json",
];

/** The files that they speak of, where a checkout of each project has them. */
const sources = [
  ...["price", "receipt", "weight"].map((name) => `src/${name}.js`),
  ...["include/ring.h", "src/main.cpp", "src/words.cpp"],
  ...["__init__", "hours", "week"].map((name) => `src/opening_hours/${name}.py`),
  ...["src/Rate.php", "src/functions.php", "lib/order.rb", "lib/stock.rb"],
  ...["area/src/main/java/org/example/shapes/Shape.java", "text/src/main/java/org/example/shapes/Shape.java"],
  ...[
    "text/src/main/java/org/example/shapes/Names.java",
    "src/main/java/org/example/queue/WaitingRoom.java",
    "src/main/java/org/example/queue/Patient.java",
  ],
  ...["cmd/roman/main.go", "digits/digits.go", "roman/roman.go"],
];

const opencover = `<?xml version="1.0"?><CoverageSession><Summary numSequencePoints="9" /><Modules><Module><Files>
<File uid="1" fullPath="C:\\agent\\app\\src\\Cart.cs" /></Files><Classes><Class><FullName>App.Cart</FullName><Methods>
<Method visited="true"><Name>Add</Name><FileRef uid="1" /><SequencePoints>
<SequencePoint vc="3" sl="10" el="12" fileid="1" /><SequencePoint vc="0" sl="14" el="14" fileid="1" /></SequencePoints>
<BranchPoints><BranchPoint vc="1" sl="10" path="0" offset="4" fileid="1" /><BranchPoint vc="0" sl="10" path="1" offset="4" fileid="1" />
</BranchPoints></Method></Methods></Class></Classes></Module></Modules></CoverageSession>`;

let folder = "";
beforeAll(() => {
  folder = temporaryFolder();
  const empty = Object.fromEntries(sources.map((path) => [path, `${path}\n`]));
  writeFiles(folder, { ...empty, "src/Cart.cs": "", "go.mod": "module example.org/numerals\n", ".gitignore": "report\n" });
  commitAll(folder, "sources");
});
afterAll(cleanUp);

describe("every format is told by its content, whatever the file is called", () => {
  it.each(chosen)("%s", async (path) => {
    const known = reports.find((report) => report.path === path);
    writeFiles(folder, { [`report/${path.replaceAll("/", "-")}.txt`]: readFileSync(join(real, path)) });
    const run = await gate(folder, { reports: `report/${path.replaceAll("/", "-")}.txt`, minimum: "0" });
    expect(ended(run), run.log).toEqual([0, "pass"]);
    expect(run.report?.data["formats"]).toEqual([known?.format]);
    expect(run.report?.data["totals"]).toMatchObject(known?.expected ?? { never: true });
    const lines = known?.expected["lines"];
    if (lines !== undefined) expect(run.outputs).toMatchObject({ covered: String(lines.covered), total: String(lines.total) });
  });

  it("OpenCover: the start lines of sequence points, and a Windows path", async () => {
    writeFiles(folder, { "report/opencover.txt": opencover });
    const run = await gate(folder, { reports: "report/opencover.txt", minimum: "0" });
    expect(run.report?.data).toMatchObject({
      formats: ["opencover"],
      totals: { lines: { covered: 1, total: 2 }, branches: { covered: 1, total: 2 } },
      files: [{ path: "src/Cart.cs", uncovered: [[14, 14]] }],
    });
  });

  it("a format that is named but is another is refused", async () => {
    writeFiles(folder, { "report/x.info": readFileSync(join(real, "jest/lcov.info")) });
    const run = await gate(folder, { reports: "report/x.info", format: "clover", minimum: "0" });
    expect(ended(run), run.log).toEqual([2, "unknown"]);
    expect(run.outputs["summary"]).toContain("report/x.info");
  });
});

describe("several formats of one run", () => {
  const all = ["lcov.info", "coverage-final.json", "clover.xml", "cobertura-coverage.xml"];

  it("counts every line once, and branches as the best format has them", async () => {
    for (const name of all) writeFiles(folder, { [`report/jest/${name}`]: readFileSync(join(real, "jest", name)) });
    const run = await gate(folder, { reports: "report/jest/*", minimum: "0" });
    expect(run.report?.data["totals"]).toMatchObject({ lines: { covered: 49, total: 51 }, branches: { covered: 26, total: 28 } });
    expect(run.report?.data["formats"]).toHaveLength(4);
  });

  it("discovery reads one of them and says which it did not", async () => {
    const found = temporaryFolder();
    const js = Object.fromEntries(sources.filter((path) => path.endsWith(".js")).map((path) => [path, ""]));
    writeFiles(found, { ...js, ".gitignore": "coverage/\n" });
    commitAll(found, "sources");
    for (const name of all) writeFiles(found, { [`coverage/${name}`]: readFileSync(join(real, "jest", name)) });
    const run = await gate(found, { minimum: "0" });
    expect(run.report?.data["formats"]).toEqual(["istanbul"]);
    expect((run.report?.notes ?? []).join("\n")).toMatch(/Not read.*clover\.xml.*lcov\.info/);
  });
});

describe("metrics", () => {
  it.each([
    ["lines", "49", "51", "96.07"],
    ["statements", "52", "54", "96.29"],
    ["branches", "26", "28", "92.85"],
    ["functions", "10", "10", "100.00"],
  ])("%s are counted as such", async (metric, covered, total, coverage) => {
    writeFiles(folder, { "report/final.json": readFileSync(join(real, "jest", "coverage-final.json")) });
    const run = await gate(folder, { reports: "report/final.json", metric });
    expect(run.outputs).toMatchObject({ covered, total, coverage });
  });

  it("a metric that the report does not have is unknown, not zero and not a hundred", async () => {
    writeFiles(folder, { "report/lines.lcov": "SF:src/price.js\nDA:1,1\nend_of_record\n" });
    const run = await gate(folder, { reports: "report/lines.lcov", metric: "functions" });
    expect(ended(run), run.log).toEqual([3, "unknown"]);
    expect(run.outputs).toMatchObject({ coverage: "", covered: "", total: "" });
    expect(run.outputs["summary"]).toContain("functions");
  });

  it("`partial-lines: miss` takes a line with an untaken branch for uncovered", async () => {
    const text = "SF:src/price.js\nDA:1,1\nDA:2,4\nDA:3,0\nBRDA:2,0,0,4\nBRDA:2,0,1,0\nend_of_record\n";
    writeFiles(folder, { "report/partial.lcov": text });
    const hit = await gate(folder, { reports: "report/partial.lcov", minimum: "0" });
    const miss = await gate(folder, { reports: "report/partial.lcov", minimum: "0", "partial-lines": "miss" });
    expect([hit.outputs["covered"], miss.outputs["covered"], miss.outputs["total"]]).toEqual(["2", "1", "3"]);
  });
});
