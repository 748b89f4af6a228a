import { describe, expect, it } from "vitest";
import { parseYaml } from "../../../packages/frame/adapters/yaml.ts";
import { configEntry, readWaivers } from "../../../packages/frame/config.ts";
import { parseInputs } from "../../../packages/frame/inputs.ts";
import type { Manifest } from "../../../packages/frame/manifest.ts";

const manifest = {
  action: "coverage-gate",
  description: "A gate.",
  inputs: {
    minimum: { description: "Lowest.", type: "percent" },
    reports: { description: "Reports.", type: "list" },
    rules: { description: "Rules.", type: "yaml" },
    token: { description: "Token.", type: "secret" },
    id: { description: "Id.", type: "string" },
  },
  outputs: {},
} as const satisfies Manifest;

const config = (text: string) => parseYaml(text, { file: ".forge.yml" });

async function inputsOf(text: string, id?: string) {
  const entry = configEntry(config(text), manifest, id);
  return parseInputs(
    manifest,
    (name) => entry.get(name),
    async () => config(""),
  );
}

describe("an action's entry", () => {
  it("gives values as their text, lists as lines, and structures as they are", async () => {
    const { inputs, problems } = await inputsOf(
      "coverage-gate:\n  minimum: 82.5\n  reports: [a.info, b.info]\n  rules:\n    - path: src/**\n",
    );
    expect(problems).toEqual([]);
    expect(inputs.minimum?.text).toBe("82.5");
    expect(inputs.reports).toEqual(["a.info", "b.info"]);
    expect(inputs.rules?.value).toEqual([{ path: "src/**" }]);
    expect(inputs.rules?.where([0, "path"])).toBe(".forge.yml:5:13 (line 5)");
  });

  it("leaves other actions' settings to them", async () => {
    expect((await inputsOf("bundle-size:\n  whatever: 1\n")).problems).toEqual([]);
    expect((await inputsOf("")).problems).toEqual([]);
  });

  it("is chosen by id from a list", async () => {
    const text = "coverage-gate:\n  - id: web\n    minimum: 70\n  - id: api\n    minimum: 90\n";
    expect((await inputsOf(text, "api")).inputs.minimum?.text).toBe("90");
    await expect(inputsOf(text)).rejects.toThrow(/several entries, and no `id` was given.*web, api/);
    await expect(inputsOf(text, "db")).rejects.toThrow(/none with the id "db"/);
    await expect(inputsOf("coverage-gate:\n  - id: a\n  - id: a\n", "a")).rejects.toThrow(/two entries.*the id "a"/);
  });
});

describe("mistakes have line and column", () => {
  const mistakes: readonly [string, RegExp][] = [
    ["coverage-gate:\n  minimun: 80\n", /^\.forge\.yml:2:3 \(line 2\): coverage-gate has no input "minimun"\. Did you mean "minimum"\?$/],
    ["coverage-gate:\n  minimum: [1]\n", /^\.forge\.yml:2:12 \(line 2\): minimum: a list was given\./],
    ["coverage-gate:\n  minimum: high\n", /^\.forge\.yml:2:12 \(line 2\): minimum: "high" is not a percentage/],
    ["coverage-gate:\n  token: abc\n", /^\.forge\.yml:2:10 \(line 2\): token: a secret does not belong in a file/],
    [
      "coverage_gate:\n  minimum: 1\n",
      /^\.forge\.yml:1:1 \(line 1\): "coverage_gate" is not a key of \.forge\.yml\. Did you mean "coverage-gate"\?/,
    ],
    ["coverage-gate: 5\n", /^\.forge\.yml:1:16 \(line 1\): coverage-gate must be a mapping/],
    ["- a\n", /^\.forge\.yml:1:1 \(line 1\): the file must be a mapping/],
    ["coverage-gate:\n  minimum: 1\n  minimum: 2\n", /^\.forge\.yml:3:3 \(line 3\): Map keys must be unique\.$/],
    ["a: *b\n", /^\.forge\.yml:1:4 \(line 1\): /],
  ];
  it.each(mistakes)("%j", async (text, message) => {
    const problems = await inputsOf(text).then(
      (parsed) => parsed.problems,
      (error: Error) => [error.message],
    );
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(message);
  });

  it("refuses aliases that expand to too much", () => {
    const bomb = [
      "a: &a [x, x, x, x, x, x, x, x, x]",
      ..."bcdefgh".split("").map((name, index) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[index]}`).join(", ")}]`),
    ].join("\n");
    expect(() => config(bomb)).toThrow(/aliases expand to too much/);
  });
});

describe("accept", () => {
  it("reads rule, path, reason and the last day", () => {
    const waivers = readWaivers(
      config("accept:\n  - rule: minimum-patch\n    path: src/**\n    reason: rewrite under way\n    until: 2027-01-31\n"),
    );
    expect(waivers).toEqual([
      { rule: "minimum-patch", path: "src/**", reason: "rewrite under way", until: "2027-01-31", where: ".forge.yml:2:5 (line 2)" },
    ]);
  });

  it("reports every mistake at once", () => {
    const read = () =>
      readWaivers(config("accept:\n  - rule: a\n    until: tomorrow\n    why: because\n  - reason: b\n    until: 2027-02-30\n"));
    expect(read).toThrow(/line 4.*no key "why".*needs `reason`.*"tomorrow" is not.*needs `rule`.*"2027-02-30" is not/s);
    expect(() => readWaivers(config("accept: all\n"))).toThrow(/must be a list/);
  });
});
