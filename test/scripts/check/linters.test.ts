import { expect, it } from "vitest";
import { judged } from "../../../scripts/check/linters.ts";

const allowed = [{ rule: "concurrency-limits", path: /^\.github\/workflows\/gate\.yml$/, why: "callers set theirs" }];
const finding = { rule: "concurrency-limits", path: ".github/workflows/gate.yml", line: 3, words: "no limits" };

it("lets pass what is allowed, and nothing beside it", () => {
  expect(judged([finding], allowed)).toEqual([]);
  const others = [
    { ...finding, path: ".github/workflows/other.yml" },
    { ...finding, rule: "template-injection" },
  ];
  expect(judged([finding, ...others], allowed)).toEqual([
    ".github/workflows/other.yml:3: zizmor, concurrency-limits: no limits",
    ".github/workflows/gate.yml:3: zizmor, template-injection: no limits",
  ]);
});

it("names what is allowed for nothing", () => {
  expect(judged([], allowed)).toEqual([expect.stringMatching(/allows concurrency-limits .*callers set theirs.*no longer finds it/)]);
});
