import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { modulesOf } from "../../../actions/coverage-gate/src/go-modules.ts";
import type { Format, ParsedFile, ParsedReport } from "../../../actions/coverage-gate/src/model.ts";
import { nearestPaths } from "../../../actions/coverage-gate/src/nearest-paths.ts";
import { resolvePaths } from "../../../actions/coverage-gate/src/paths.ts";
import { SuffixIndex } from "../../../actions/coverage-gate/src/suffix-index.ts";
import { inTree, type Tree } from "../../../actions/coverage-gate/src/tree.ts";
import { drawn, gate, report } from "./memory-ports.ts";

function treeOf(paths: readonly string[], rest: Partial<Tree> = {}): Tree {
  const set = new Set(paths);
  return { paths, has: (path) => set.has(path), root: "/work/app", workingDirectory: "", authority: "git", ...rest };
}

function reportOf(paths: readonly (string | Partial<ParsedFile>)[], source = "coverage/lcov.info", format: Format = "lcov"): ParsedReport {
  const files = paths.map((path) => ({ path: "", roots: [], ...drawn("+"), ...(typeof path === "string" ? { path } : path) }));
  return { source, format, files, notes: [] };
}

/** What each path became: a path, or why not. */
function meanings(found: ReturnType<typeof resolvePaths>): Record<string, string> {
  const left = found.leftOut.map(({ path, reason }) => [path, reason]);
  return Object.fromEntries([...found.located.map(({ file, path }) => [file.path, path]), ...left]);
}

function meaningsOf(
  paths: readonly (string | Partial<ParsedFile>)[],
  tree: Tree,
  source?: string,
  format?: Format,
): Record<string, string> {
  return meanings(resolvePaths([reportOf(paths, source, format)], tree));
}

describe("the nine styles of one report", () => {
  const repository = [
    "go.mod",
    "packages/web/src/app.ts",
    "packages/web/src/index.ts",
    "packages/api/src/index.ts",
    "packages/api/src/server/routes.ts",
    "src/index.ts",
    "src/main/deep/tool.ts",
  ];
  const measured = [
    "packages/web/src/app.ts",
    "packages/web/src/index.ts",
    "packages/api/src/server/routes.ts",
    "src/index.ts",
    "src/main/deep/tool.ts",
  ];
  const written: Record<string, (path: string) => string> = {
    "runner-absolute": (path) => `/work/app/${path}`,
    "other CI root": (path) => `/builds/group/project/${path}`,
    container: (path) => `/app/${path}`,
    Windows: (path) => `C:\\a\\app\\${path.replaceAll("/", "\\")}`,
    "Windows with slashes": (path) => `D:/a/app/app/${path}`,
    dotted: (path) => `./${path}`,
    plain: (path) => path,
    "another case": (path) => `C:\\A\\App\\${path.replaceAll("/", "\\").toUpperCase()}`,
    "file URL": (path) => `file:///ci/x/${path}`,
  };
  for (const [style, write] of Object.entries(written)) {
    it(style, () => {
      const found = resolvePaths([reportOf(measured.map(write))], treeOf(repository));
      expect(found.located.map(({ path }) => path)).toEqual(measured);
    });
  }

  it("Go modules, nested and replaced", async () => {
    const paths = ["go.mod", "a.go", "x/a.go", "tools/go.mod", "tools/x/a.go", "libs/old/y.go", "libs/old/go.mod"];
    const modules = {
      "/work/app/go.mod":
        "module example.com/app // the root\n\ngo 1.22\nreplace (\n\texample.com/lib v1.0.0 => ./libs/old\n\texample.com/no => ../outside\n)\n",
      "/work/app/tools/go.mod": 'module "example.com/app/tools"\n',
      "/work/app/libs/old/go.mod": "module example.com/lib-fork\n",
    };
    const names = [
      "example.com/app/a.go",
      "example.com/app/x/a.go",
      "example.com/app/tools/x/a.go",
      "example.com/lib/y.go",
      "example.com/app/gen.go",
      "x/a.go",
    ];
    const files = Object.fromEntries(names.map((name) => [name, "+"]));
    const { outcome } = await gate({ reports: [report("cover.out", files, "go")], paths, files: modules });
    const found = (outcome.report.data["files"] as { path: string }[]).map(({ path }) => path);
    expect(found).toEqual(["a.go", "libs/old/y.go", "tools/x/a.go", "x/a.go"]);
    expect(JSON.stringify(outcome.report.sections)).toContain("example.com/app/gen.go");
  });

  it("packages below their own folder", () => {
    const tree = treeOf(["packages/api/src/index.ts", "packages/web/src/index.ts", "src/index.ts"]);
    expect(meaningsOf(["src/index.ts"], tree, "packages/web/coverage/lcov.info")).toEqual({ "src/index.ts": "packages/web/src/index.ts" });
    expect(meaningsOf(["src/index.ts"], tree)).toEqual({ "src/index.ts": "src/index.ts" });
    expect(meaningsOf(["../api/src/index.ts", "src/index.ts"], tree, "packages/web/coverage/lcov.info")).toEqual({
      "../api/src/index.ts": "packages/api/src/index.ts",
      "src/index.ts": "packages/web/src/index.ts",
    });
    const inPackage = treeOf(tree.paths, { workingDirectory: "packages/api" });
    expect(meaningsOf(["src/index.ts"], inPackage, "/tmp/lcov.info")).toEqual({ "src/index.ts": "packages/api/src/index.ts" });
    expect(inTree(inPackage, "coverage/lcov.info")).toBe("packages/api/coverage/lcov.info");
  });

  it("JaCoCo: source roots, modules, groups, and Kotlin out of its package", () => {
    const paths = [
      "core/src/main/java/com/acme/Util.java",
      "core/src/main/kotlin/text/Strings.kt",
      "core/src/main/kotlin/Flat.kt",
      "web/src/main/java/com/acme/Util.java",
      "web/src/main/java/com/acme/web/Page.java",
    ];
    const tree = treeOf(paths);
    const one = meaningsOf(["com/acme/Util.java", "com/acme/web/Page.java"], tree, "web/target/site/jacoco/jacoco.xml", "jacoco");
    expect(one).toEqual({ "com/acme/Util.java": paths[3], "com/acme/web/Page.java": paths[4] });
    const grouped = reportOf(
      [
        { path: "com/acme/Util.java", module: "core" },
        { path: "com/acme/Util.java", module: "all/web" },
        { path: "com/acme/text/Strings.kt", module: "core" },
        { path: "com/acme/Flat.kt", module: "core" },
        { path: "com/acme/Made.java", module: "core" },
      ],
      "report/target/site/jacoco-aggregate/jacoco.xml",
      "jacoco",
    );
    const found = resolvePaths([grouped], tree);
    expect(found.located.map(({ path }) => path)).toEqual([paths[0], paths[3], paths[1], paths[2]]);
    expect(found.leftOut).toMatchObject([{ path: "com/acme/Made.java", reason: "not in the repository" }]);
    const lost = meaningsOf(["com/acme/Util.java"], tree, "jacoco.xml", "jacoco");
    expect(lost).toEqual({ "com/acme/Util.java": "ambiguous" });
  });

  it("cobertura: source roots", () => {
    const tree = treeOf(["lib/pkg/a.py", "src/pkg/a.py", "src/pkg/b.py"]);
    const roots = ["/ci/repo/src"];
    const found = meaningsOf(
      [
        { path: "pkg/a.py", roots },
        { path: "pkg/b.py", roots },
      ],
      tree,
      "coverage.xml",
      "cobertura",
    );
    expect(found).toEqual({ "pkg/a.py": "src/pkg/a.py", "pkg/b.py": "src/pkg/b.py" });
    expect(meaningsOf([{ path: "pkg/a.py", roots: ["src"] }], tree)).toEqual({ "pkg/a.py": "src/pkg/a.py" });
    expect(meaningsOf([{ path: "pkg/a.py", roots: [" /work/app/lib ", "."] }], tree)).toEqual({ "pkg/a.py": "lib/pkg/a.py" });
    expect(meaningsOf([{ path: "pkg/a.py", roots: ["src", "lib"] }], tree)).toEqual({ "pkg/a.py": "ambiguous" });
  });
});

describe("what is not certain", () => {
  it("drops an ambiguous ending and says what it could be", () => {
    const { leftOut, located } = resolvePaths([reportOf(["util.ts", "main.ts"])], treeOf(["a/util.ts", "b/util.ts", "main.ts"]));
    expect(located.map(({ path }) => path)).toEqual(["main.ts"]);
    expect(leftOut).toEqual([
      { path: "util.ts", source: "coverage/lcov.info", reason: "ambiguous", candidates: ["a/util.ts", "b/util.ts"], endings: ["util.ts"] },
    ]);
  });

  it("takes no file name alone for evidence", () => {
    const tree = treeOf(["src/index.js", "setup.py"]);
    expect(meaningsOf(["/ci/dist/index.js", "/usr/lib/x/setup.py", "/ci/src/index.js"], tree)).toEqual({
      "/ci/dist/index.js": "not in the repository",
      "/usr/lib/x/setup.py": "not in the repository",
      "/ci/src/index.js": "src/index.js",
    });
    expect(meaningsOf(["/app/setup.py"], tree)).toEqual({ "/app/setup.py": "setup.py" });
  });

  it("leaves out packages, generated and virtual files", () => {
    const tree = treeOf(["src/index.js", "src/a.ts"]);
    expect(meaningsOf(["node_modules/x/src/index.js", "dist/<define:DATA>", "/work/app/gen/b.ts", "", "/", ".."], tree)).toEqual({
      "node_modules/x/src/index.js": "not in the repository",
      "dist/<define:DATA>": "not in the repository",
      "/work/app/gen/b.ts": "not in the repository",
      "": "not in the repository",
      "/": "not in the repository",
      "..": "not in the repository",
    });
  });

  it("lets the other files of an absolute folder decide only when they agree", () => {
    const tree = treeOf(["packages/a/src/index.ts", "packages/a/src/only-a.ts", "packages/b/src/index.ts", "packages/b/src/only-b.ts"]);
    expect(meaningsOf(["/app/src/index.ts", "/app/src/only-a.ts"], tree)).toMatchObject({ "/app/src/index.ts": "packages/a/src/index.ts" });
    expect(meaningsOf(["/app/src/index.ts", "/app/src/only-a.ts", "/app/src/only-b.ts"], tree)).toMatchObject({
      "/app/src/index.ts": "ambiguous",
    });
    const relative = treeOf([...tree.paths, "packages/a/x.ts"]);
    expect(meaningsOf(["src/index.ts", "src/only-a.ts"], relative)).toMatchObject({
      "src/index.ts": "ambiguous",
      "src/only-a.ts": "packages/a/src/only-a.ts",
    });
  });
});

describe("endings", () => {
  const segment = fc.constantFrom("a", "b", "c", "src");
  const path = fc.array(segment, { minLength: 1, maxLength: 5 }).map((segments) => segments.join("/"));

  it("are the longest common ones, as a slow search finds them", () => {
    fc.assert(
      fc.property(fc.uniqueArray(path, { minLength: 1, maxLength: 30 }), path, (paths, wanted) => {
        const match = new SuffixIndex(paths).longest(wanted.split("/"));
        const agreed = paths.map((each) => common(each, wanted));
        const most = Math.max(...agreed);
        expect(match?.segments ?? 0).toBe(most);
        if (match === undefined) return;
        expect(match.candidates.map((index) => paths[index])).toEqual(paths.filter((_, index) => agreed[index] === most));
        const whole = paths.find((each, index) => agreed[index] === most && each.split("/").length === most);
        expect(match.whole === undefined ? undefined : paths[match.whole]).toBe(whole);
      }),
    );
  });

  it("of a foreign checkout lead to the file, or to nothing; never to another one", () => {
    fc.assert(
      fc.property(fc.uniqueArray(path, { minLength: 1, maxLength: 30 }), (paths) => {
        const { located } = resolvePaths([reportOf(paths.map((each) => `/ci/checkout/${each}`))], treeOf(paths.toSorted()));
        for (const { file, path: found } of located) expect(`/ci/checkout/${found}`).toBe(file.path);
      }),
    );
  });

  function common(a: string, b: string): number {
    const [left, right] = [a.split("/").reverse(), b.split("/").reverse()];
    const different = left.findIndex((each, index) => each !== right[index]);
    return different === -1 ? left.length : different;
  }

  it("are found among 100,000 paths of which 20,000 are called index.ts", () => {
    const paths = Array.from(
      { length: 100_000 },
      (_, index) => `packages/p${index % 500}/src/d${index % 97}/${index % 5 === 0 ? "index" : `file${index}`}.ts`,
    );
    const unique = [...new Set(paths)].sort();
    const wanted = unique.filter((_, index) => index % 9 === 0).slice(0, 9_000);
    const { located } = resolvePaths([reportOf(wanted.map((each) => `/builds/x/${each}`))], treeOf(unique));
    expect(located.length).toBe(wanted.length);
  });
});

describe("the nearest paths", () => {
  it("agree in their ending first, then in their name", () => {
    const paths = ["docs/parser.md", "lib/parsr.ts", "src/parser.ts", "src/x.ts"];
    expect(nearestPaths("/q/parser.ts", paths, 3)).toEqual(["src/parser.ts", "lib/parsr.ts", "src/x.ts"]);
  });
});

describe("go.mod", () => {
  it("names a module and its local replacements", () => {
    expect(modulesOf("// c\r\nmodule a.b/c\r\nreplace a.b/d => ../d\r\n", "x/y")).toEqual([
      { name: "a.b/c", folder: "x/y" },
      { name: "a.b/d", folder: "x/d" },
    ]);
    expect(modulesOf("require (\n\tmodule v1\n)\n", "")).toEqual([]);
  });
});
