import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type BundleRun, cleanUp, root } from "../harness.ts";
import { edit } from "../pull-request.ts";
import { ended, gate, project, rows, rule, stored } from "./gate.ts";

afterAll(cleanUp);

const fixtures = join(root, "test", "fixtures", "bundles");

/** Measures a real build as it was, then with two functions of lodash added. */
async function withLodash(bundler: string, inputs: Readonly<Record<string, string>>): Promise<BundleRun> {
  const made = project();
  const put = (side: string): void => {
    rmSync(join(made.folder, "dist"), { recursive: true, force: true });
    cpSync(join(fixtures, bundler, side), made.folder, { recursive: true });
  };
  put("before");
  const first = await gate(made.folder, { ...stored, ...inputs }, made.push);
  expect(first.exitCode, first.log).toBe(0);
  put("after");
  return gate(made.folder, { ...stored, ...inputs }, made.proposal);
}

interface Modules {
  readonly modules: readonly { readonly path: string; readonly package: string; readonly size: number; readonly previousSize?: number }[];
  readonly overhead?: { readonly size: number; readonly previousSize?: number };
}

interface Reason {
  readonly path: string;
  readonly previous?: string;
  readonly size: number;
  readonly previousSize: number;
  readonly modules: Modules["modules"];
  readonly modulesLeftOut?: number;
  readonly overhead: { readonly size: number; readonly previousSize: number };
}

function modules(run: BundleRun): Modules {
  return run.report?.data as unknown as Modules;
}

/** Bytes that the bundler itself gives to a package. */
function bytesInMetafile(name: string): number {
  const meta = JSON.parse(readFileSync(join(fixtures, "esbuild", "after", "meta.json"), "utf8")) as {
    outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }>;
  };
  const inputs = Object.values(meta.outputs).flatMap((output) => Object.entries(output.inputs));
  return inputs.filter(([path]) => path.includes(`node_modules/${name}/`)).reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
}

describe("why it grew", () => {
  it.each([
    ["esbuild", "meta.json"],
    ["webpack", "stats.json"],
    ["rspack", "stats.json"],
    ["vite", "visualizer.json"],
    ["vite", "dist/assets/*.map"],
  ])("%s by %s: the first line names lodash", async (bundler, stats) => {
    const run = await withLodash(bundler, { stats, files: "dist/**/*.js" });
    expect(run.outputs["summary"]).toMatch(/lodash grew most: \+\d/);
    const [first] = modules(run).modules;
    expect(first?.package).toBe("lodash");
    expect(modules(run).modules.every(({ previousSize }) => previousSize !== undefined)).toBe(true);
  });

  it.each([
    ["esbuild", "meta.json", "dist/main-G3YFME5C.js"],
    ["webpack", "stats.json", "dist/main.4ac34b539bbbe166d98a.js"],
    ["rspack", "stats.json", "dist/main.2e4114a5.js"],
    ["vite", "visualizer.json", "dist/assets/index-Mgs13gPj.js"],
    ["vite", "dist/assets/*.map", "dist/assets/index-Mgs13gPj.js"],
  ])("%s by %s: the entry has another hash, grew by lodash, and each of its bytes has a reason", async (bundler, stats, entry) => {
    const run = await withLodash(bundler, { stats, files: "dist/**/*.js" });
    const reasons = (run.report?.data["reasons"] ?? []) as readonly Reason[];
    const [first] = reasons;
    expect(first?.path).toBe(entry);
    expect(first?.previous).toMatch(/\b(?:main|index)[-.]/);
    expect(first?.modules[0]?.package).toBe("lodash");
    expect(first?.modulesLeftOut).toBeGreaterThan(0);
    for (const { size, previousSize, overhead, modules: few, modulesLeftOut } of reasons.slice(1)) {
      expect(modulesLeftOut).toBeUndefined();
      const inModules = few.reduce((sum, module) => sum + module.size - (module.previousSize ?? 0), 0);
      expect(inModules + overhead.size - overhead.previousSize).toBe(size - previousSize);
    }
    expect(run.summary).toMatch(new RegExp(`\\| \`${entry}\` \\| \\+\\d+\\.\\d kB \\| \`lodash\` \\+`));
  });

  it("a module that only went from one file to another is no growth of the whole", async () => {
    const made = project();
    const meta = (a: Record<string, number>, b: Record<string, number>): string => {
      const output = (inputs: Record<string, number>) => ({
        bytes: Object.values(inputs).reduce((sum, bytes) => sum + bytes, 0),
        inputs: Object.fromEntries(Object.entries(inputs).map(([path, bytesInOutput]) => [path, { bytesInOutput }])),
      });
      return JSON.stringify({ inputs: {}, outputs: { "dist/a.js": output(a), "dist/b.js": output(b) } });
    };
    const inputs = { ...stored, stats: "meta.json", files: "dist/*.js" };
    edit(made.folder, {
      "dist/a.js": "a".repeat(90),
      "dist/b.js": "b".repeat(10),
      "meta.json": meta({ "src/x.js": 40, "src/a.js": 50 }, { "src/b.js": 10 }),
    });
    await gate(made.folder, inputs, made.push);
    edit(made.folder, {
      "dist/a.js": "a".repeat(50),
      "dist/b.js": "b".repeat(53),
      "meta.json": meta({ "src/a.js": 50 }, { "src/b.js": 13, "src/x.js": 40 }),
    });
    const run = await gate(made.folder, inputs, made.proposal);
    expect(run.outputs["summary"]).toContain("src/b.js grew most: +3 B");
    expect(run.summary).toContain("`src/x.js` +40 B (from other files), `src/b.js` +3 B");
  });

  it("esbuild's bytes are those of its metafile, and modules and overhead make up the outputs", async () => {
    const run = await withLodash("esbuild", { stats: "meta.json" });
    const told = modules(run);
    const lodash = told.modules.filter((module) => module.package === "lodash").reduce((sum, { size }) => sum + size, 0);
    expect(lodash).toBe(bytesInMetafile("lodash"));
    const growth = told.modules.reduce((sum, { size, previousSize = 0 }) => sum + size - previousSize, 0);
    const overhead = (told.overhead?.size ?? Number.NaN) - (told.overhead?.previousSize ?? Number.NaN);
    const outputs = rows(run).reduce((sum, { sizes, previousSizes }) => sum + (sizes?.["none"] ?? 0) - (previousSizes?.["none"] ?? 0), 0);
    expect(growth + overhead).toBe(outputs);
  });

  it("source maps give every byte of the output to somebody", async () => {
    const run = await withLodash("vite", { stats: "dist/assets/*.map", files: "dist/assets/*.js" });
    expect(modules(run).modules.reduce((sum, { size }) => sum + size, 0)).toBe(Number(run.outputs["total-bytes"]));
    expect(modules(run).overhead).toMatchObject({ size: 0 });
  });

  it("two that tell of the same file are not added up", async () => {
    const files = "dist/**/*.js";
    const one = await withLodash("vite", { stats: "dist/assets/*.map", files });
    const two = await withLodash("vite", { stats: "dist/assets/*.map\nvisualizer.json\ndist/.vite/manifest.json", files });
    expect(modules(two).modules).toEqual(modules(one).modules);
    expect(modules(two).overhead).toEqual(modules(one).overhead);
    expect(two.report?.data["reasons"]).toEqual(one.report?.data["reasons"]);
  });

  it("`explain: false` says nothing of it", async () => {
    const run = await withLodash("esbuild", { stats: "meta.json", explain: "false" });
    expect(run.outputs["summary"]).not.toContain("lodash");
    expect(run.report?.data).not.toHaveProperty("modules");
  });

  it("lists packages that are there twice", async () => {
    const made = project();
    const outputs = {
      "dist/a.js": {
        bytes: 100,
        inputs: {
          "node_modules/x/i.js": { bytesInOutput: 10 },
          "node_modules/y/node_modules/x/i.js": { bytesInOutput: 20 },
          "node_modules/.pnpm/@s+p@1/node_modules/@s/p/i.js": { bytesInOutput: 5 },
        },
      },
    };
    edit(made.folder, {
      "dist/a.js": "x".repeat(100),
      "meta.json": JSON.stringify({ inputs: {}, outputs }),
      "node_modules/x/package.json": '{"version":"1.2.0"}',
      "node_modules/y/node_modules/x/package.json": '{"version":"2.0.1"}',
    });
    const run = await gate(made.folder, { stats: "meta.json" }, made.push);
    expect(run.report?.data["duplicates"]).toEqual([
      { package: "x", places: ["", "node_modules/y/"], versions: ["1.2.0", "2.0.1"], size: 30 },
    ]);
    expect(run.summary).toContain("`x` is there 2 times (1.2.0 and 2.0.1), 30 B together");
    expect(
      modules(run)
        .modules.map((module) => module.package)
        .sort(),
    ).toEqual(["@s/p", "x", "x"]);
  });
});

describe("what a first visit loads", () => {
  it.each([
    ["esbuild", "meta.json", ["dist/chunk-KAYB5KRG.js", "dist/main-G3YFME5C.js", "dist/main-MWYSGIQN.css"]],
    ["webpack", "stats.json", ["dist/main.4ac34b539bbbe166d98a.js"]],
    ["rspack", "stats.json", ["dist/main.2e4114a5.js"]],
    ["vite", "dist/.vite/manifest.json", ["dist/assets/index-CmBPbuo1.css", "dist/assets/index-Mgs13gPj.js"]],
  ])("%s by %s: entries, static imports and style sheets", async (bundler, stats, expected) => {
    const run = await withLodash(bundler, {
      stats,
      files: "dist/**\n!dist/**/*.map\n!dist/.vite/**",
      budgets: "- name: first\n  scope: initial\n  compression: none\n  max: 1 MB\n  max-increase: 1 kB",
    });
    expect(run.report?.data["initial"]).toEqual(expected);
    const bytes = rows(run)
      .filter(({ path }) => expected.includes(path))
      .reduce((sum, { sizes }) => sum + (sizes?.["none"] ?? 0), 0);
    expect(rule(run, "first: max")).toMatchObject({ verdict: "pass", actual: bytes });
    expect(rule(run, "first: max-increase").verdict).toBe("fail");
  });

  it("stats of another build are contradictory evidence", async () => {
    const made = project();
    cpSync(join(fixtures, "esbuild", "after"), made.folder, { recursive: true });
    cpSync(join(fixtures, "esbuild", "before", "meta.json"), join(made.folder, "meta.json"));
    const run = await gate(made.folder, { stats: "meta.json", budgets: "- scope: initial\n  max: 1 MB" }, made.push);
    expect(ended(run)).toEqual([3, "unknown"]);
    expect(run.outputs["summary"]).toContain("it is of another build");
  });
});

describe("stats that cannot be read", () => {
  it.each([
    ["torn", '{"outputs":{"dist/a.js":{"bytes":1', "torn"],
    ["empty", "", "torn"],
    ["no JSON", "module.exports = {}", "torn"],
    ["of no known kind", '{"name":"x","version":"1"}', "is none of these"],
    ["a list", "[1,2,3]", "is none of these"],
    ["Rspack's without assets", '{"logging":{},"time":8,"errors":[],"errorsCount":0,"warnings":[],"warningsCount":0}', "tells no assets"],
    ["too deep", `${"[".repeat(10_000)}${"]".repeat(10_000)}`, "is none of these"],
  ])("%s: exit 2", async (_, text, words) => {
    const made = project();
    edit(made.folder, { "dist/a.js": "x", "meta.json": text });
    const run = await gate(made.folder, { stats: "meta.json" }, made.push);
    expect(ended(run), run.log).toEqual([2, "unknown"]);
    expect(run.outputs["summary"]).toContain(words);
  });

  it("a source map that does not fit its file", async () => {
    const made = project();
    edit(made.folder, {
      "dist/a.js": "x",
      "dist/a.js.map": '{"version":3,"sources":["s.js"],"names":[],"mappings":"AAAA,oBAAA,CA;;;AAA"}',
    });
    const run = await gate(made.folder, { stats: "dist/*.map" }, made.push);
    expect(run.exitCode).toBe(2);
  });

  it("names that no object should have", async () => {
    const made = project();
    writeFileSync(
      join(made.folder, "meta.json"),
      '{"inputs":{},"outputs":{"dist/a.js":{"bytes":4,"entryPoint":"a","inputs":{"__proto__":{"bytesInOutput":4}},"imports":[]},"constructor":{"bytes":1,"inputs":{}}}}',
    );
    edit(made.folder, { "dist/a.js": "1234" });
    const run = await gate(made.folder, { stats: "meta.json" }, made.push);
    expect(run.exitCode).toBe(0);
    expect(modules(run).modules).toEqual([{ path: "__proto__", package: "", size: 4 }]);
  });
});
