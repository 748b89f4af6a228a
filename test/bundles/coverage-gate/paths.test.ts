import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cleanUp, temporaryFolder } from "../harness.ts";
import { pullRequest } from "../pull-request.ts";
import { commitAll, writeFiles } from "../repository.ts";
import { ended, fileData, gate, type Lines, lcov, notes, project, rule, source } from "./gate.ts";

afterAll(cleanUp);

/** The one truth that every spelling of the report has to lead to. */
const truth: Readonly<Record<string, Lines>> = {
  "packages/web/src/cart.js": "1110",
  "packages/web/src/price.js": "1100",
  "packages/api/src/cart.js": "10",
};

function under(prefix: string, files = truth): string {
  return lcov(Object.fromEntries(Object.entries(files).map(([path, lines]) => [`${prefix}${path}`, lines])));
}

describe("one report in nine spellings of its paths gives one result", () => {
  let folder = "";
  let expected: unknown;
  beforeAll(async () => {
    folder = temporaryFolder();
    writeFiles(folder, {
      ...Object.fromEntries(Object.keys(truth).map((path) => [path, "x\n"])),
      ".gitignore": "coverage/\n",
      "go.mod": "module example.org/shop\n\ngo 1.24\n",
      "cmd/main.go": "package main\n",
      "lib/area/area.go": "package area\n",
      "core/src/main/java/org/example/Cart.java": "",
      "shop/src/main/kotlin/org/example/Cart.java": "",
    });
    commitAll(folder, "sources");
    writeFiles(folder, { "coverage/plain.info": under("") });
    expected = fileData(await gate(folder, { reports: "coverage/plain.info", minimum: "0" }));
    expect(expected).toHaveLength(3);
  });

  it.each<[name: string, prefix: (folder: string) => string]>([
    ["absolute below this checkout", (here) => `${here}/`],
    ["absolute below the checkout of another runner", () => "/home/runner/work/shop/shop/"],
    ["absolute in a container", () => "/app/"],
    ["a build folder of another service", () => "/builds/group/shop/"],
    ["with a drive letter", () => "C:/agent/_work/1/s/"],
    ["with a dot", () => "./"],
  ])("%s", async (_, prefix) => {
    writeFiles(folder, { "coverage/other.info": under(prefix(folder)) });
    const run = await gate(folder, { reports: "coverage/other.info", minimum: "0" });
    expect(fileData(run)).toEqual(expected);
  });

  it("with backslashes and in another case, as Windows writes them", async () => {
    const text = under("D:\\a\\Shop\\Shop\\").replaceAll(/^SF:.*$/gm, (line) => line.replaceAll("/", "\\").replace("packages", "Packages"));
    writeFiles(folder, { "coverage/windows.info": text });
    expect(fileData(await gate(folder, { reports: "coverage/windows.info", minimum: "0" }))).toEqual(expected);
  });

  it("relative to the package that the report lies in", async () => {
    writeFiles(folder, {
      "packages/web/coverage/lcov.info": lcov({ "src/cart.js": "1110", "src/price.js": "1100" }),
      "packages/api/coverage/lcov.info": lcov({ "src/cart.js": "10" }),
    });
    const run = await gate(folder, { reports: "packages/*/coverage/lcov.info", minimum: "0" });
    expect(fileData(run)).toEqual(expected);
  });

  it("Cobertura with a source root", async () => {
    const classes = Object.entries(truth).map(([path, lines]) => {
      const rows = [...lines].map((hit, index) => `<line number="${index + 1}" hits="${hit}"/>`);
      return `<class filename="${path.replace("packages/", "")}"><lines>${rows.join("")}</lines></class>`;
    });
    const text = `<coverage line-rate="0"><sources><source>\n /ci/shop/packages \n</source></sources><packages><package><classes>${classes.join("")}</classes></package></packages></coverage>`;
    writeFiles(folder, { "coverage/cobertura.xml": text });
    const found = fileData(await gate(folder, { reports: "coverage/cobertura.xml", minimum: "0" }));
    const lines = (files: readonly { path: string; uncovered: unknown }[]): unknown =>
      files.map(({ path, uncovered }) => [path, uncovered]);
    expect(lines(found)).toEqual(lines(expected as readonly { path: string; uncovered: unknown }[]));
  });

  it("Go names its module, whose folder go.mod knows", async () => {
    writeFiles(folder, {
      "coverage/cover.out": "mode: set\nexample.org/shop/cmd/main.go:3.1,4.2 2 1\nexample.org/shop/lib/area/area.go:1.1,2.2 1 0\n",
    });
    const run = await gate(folder, { reports: "coverage/cover.out", metric: "statements", minimum: "0" });
    expect(fileData(run).map(({ path }) => path)).toEqual(["cmd/main.go", "lib/area/area.go"]);
    expect(run.outputs).toMatchObject({ covered: "2", total: "3" });
  });

  it("JaCoCo's modules tell two files of one package apart", async () => {
    const group = (name: string, ci: number): string =>
      `<group name="${name}"><package name="org/example"><sourcefile name="Cart.java"><line nr="1" mi="${1 - ci}" ci="${ci}" mb="0" cb="0"/></sourcefile></package></group>`;
    writeFiles(folder, { "coverage/jacoco.xml": `<report name="all">${group("core", 1)}${group("shop", 0)}</report>` });
    const run = await gate(folder, { reports: "coverage/jacoco.xml", minimum: "0" });
    expect(fileData(run).map(({ path, covered }) => [path, covered])).toEqual([
      ["core/src/main/java/org/example/Cart.java", 1],
      ["shop/src/main/kotlin/org/example/Cart.java", 0],
    ]);
  });
});

describe("what cannot be told is not guessed", () => {
  it("an ambiguous path is dropped, counted nowhere, and reported with what it could be", async () => {
    const { folder } = project({ "packages/web/src/cart.js": "11", "packages/api/src/cart.js": "11", "src/only.js": "10" });
    writeFiles(folder, { "coverage/lcov.info": lcov({ "/app/src/cart.js": "00", "/app/src/only.js": "10" }) });
    const run = await gate(folder, { minimum: "0", explain: "true" });
    expect(fileData(run).map(({ path }) => path)).toEqual(["src/only.js"]);
    expect(notes(run)).toMatch(/ambiguous/);
    expect(run.summary).toMatch(/src\/cart\.js.*ambiguous, it could be.*packages\/api\/src\/cart\.js.*packages\/web\/src\/cart\.js/);
  });

  it("and makes the patch unknown where the change may be meant", async () => {
    const pull = pullRequest({
      before: { "packages/web/src/cart.js": source(2), "packages/api/src/cart.js": source(2), "src/only.js": source(2) },
      change: { "packages/web/src/cart.js": `${source(2)}new\n` },
      reports: { "coverage/lcov.info": lcov({ "/app/src/cart.js": "000", "/app/src/only.js": "11" }) },
    });
    const run = await gate(pull.folder, { "minimum-patch": "80" }, pull.happening);
    expect(ended(run), run.log).toEqual([3, "unknown"]);
    expect(rule(run, "minimum-patch").why).toContain("packages/web/src/cart.js");
    expect(run.outputs["patch-coverage"]).toBe("");
  });

  it("a report of which nothing is in the repository: exit code 3, with the three nearest paths", async () => {
    const { folder } = project({
      "src/cart.js": "11",
      "src/card.js": "11",
      "src/chart.js": "11",
      "lib/zebra.js": "1",
      "docs/page.md": "1",
    });
    writeFiles(folder, { "coverage/lcov.info": lcov({ "/elsewhere/kart.js": "11", "/elsewhere/other.js": "1" }) });
    const run = await gate(folder);
    expect(ended(run), run.log).toEqual([3, "unknown"]);
    const summary = run.outputs["summary"] ?? "";
    expect(summary).toContain("/elsewhere/kart.js");
    for (const path of ["src/cart.js", "src/card.js", "src/chart.js"]) expect(summary).toContain(`"${path}"`);
    expect(summary).not.toContain("zebra");
    expect(ended(await gate(folder, { enforce: "false" }))).toEqual([0, "unknown"]);
  });

  it("installed packages, and files above the repository, are never ours", async () => {
    const { folder } = project({ "src/a.js": "11", "src/index.js": "1" });
    const stranger = { [`${folder}/node_modules/x/src/a.js`]: "0000", "node_modules/y/src/index.js": "00", "../src/index.js": "00" };
    writeFiles(folder, { "coverage/lcov.info": lcov({ "src/a.js": "11", ...stranger }) });
    const run = await gate(folder);
    expect(fileData(run).filter(({ path }) => path === "src/a.js")).toMatchObject([{ covered: 2, total: 2 }]);
  });

  it("`working-directory` is where reports are looked for and paths are relative to", async () => {
    const { folder } = project({ "web/src/a.js": "10", "api/src/a.js": "11" });
    writeFiles(folder, { "web/coverage/lcov.info": lcov({ "src/a.js": "10" }), "web/.gitignore": "coverage/\n" });
    const run = await gate(folder, { "working-directory": "web", minimum: "50" });
    expect(ended(run), run.log).toEqual([0, "pass"]);
    expect(fileData(run).map(({ path }) => path)).toEqual(["web/src/a.js"]);
    for (const outside of ["..", "missing", join(folder, "..")]) {
      expect(ended(await gate(folder, { "working-directory": outside }))).toEqual([2, "unknown"]);
    }
  });

  it("outside a git repository paths count as they are written", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { "coverage/lcov.info": lcov({ "src/a.js": "10" }) });
    const run = await gate(folder, { minimum: "50" });
    expect(ended(run), run.log).toEqual([0, "pass"]);
    expect(fileData(run)).toMatchObject([{ path: "src/a.js", covered: 1, total: 2 }]);
    expect(ended(await gate(folder, { minimum: "50", "minimum-patch": "50" }))).toEqual([3, "unknown"]);
  });
});
