import { expect, it } from "vitest";
import { globBase, globMatcher } from "../../../packages/frame/glob.ts";

const cases: readonly [string[], string, boolean][] = [
  [["src/**"], "src/a/b.ts", true],
  [["src/**"], "source/a.ts", false],
  [["**/*.ts"], "a.ts", true],
  [["**/*.ts"], ".hidden/a.ts", true],
  [["src/"], "src/a.ts", true],
  [["./src/*.ts"], "src/a.ts", true],
  [["src/*.ts"], "src/a/b.ts", false],
  [["src/{a,b}.ts"], "src/b.ts", true],
  [["src/[ab].ts"], "src/c.ts", false],
  [["**", "!**/*.gen.ts"], "x.gen.ts", false],
  [["**", "!gen/**", "gen/keep.ts"], "gen/keep.ts", true],
  [["!**"], "a", false],
  [["a+(b|c).ts"], "abc.ts", false],
  [["file (1).ts"], "file (1).ts", true],
  [["**"], "a\nb.ts", true],
  [["src/**"], "src/a\n/b\r\u2028.ts", true],
  [["src/*.ts"], "src/\na.ts", true],
  [["*"], "a\n/b", false],
  [["src/*.ts"], "src/a.ts\n", false],
];

it.each(cases)("%j on %j is %j", (patterns, path, expected) => {
  expect(globMatcher(patterns)(path)).toBe(expected);
});

it("knows the folder below which a pattern can match", () => {
  expect(["src/**/*.ts", "a/b.ts", "*.ts", "a/{b,c}/d"].map(globBase)).toEqual(["src", "a", "", "a"]);
});

it("refuses patterns beyond any sense", () => {
  expect(() => globMatcher(["*".repeat(2_000)])).toThrow(/at most 1024/);
  expect(() => globMatcher(["a\0"])).toThrow(/NUL/);
});
