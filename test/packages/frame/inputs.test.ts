import { describe, expect, it } from "vitest";
import { parseYaml } from "../../../packages/frame/adapters/yaml.ts";
import { type Given, parseInputs } from "../../../packages/frame/inputs.ts";
import type { InputSpec, Manifest } from "../../../packages/frame/manifest.ts";

const readYaml = async (name: string, text: string) => parseYaml(text, { input: name });

function manifestOf(inputs: Record<string, InputSpec>): Manifest {
  return { action: "gate", description: "A gate.", inputs, outputs: {} };
}

/** Parses one input of the given type. */
async function parse(spec: InputSpec, text: string | undefined): Promise<{ value: unknown; problems: readonly string[] }> {
  const given = (name: string): Given | undefined => (text === undefined || name !== "it" ? undefined : { from: "input", text });
  const { inputs, problems } = await parseInputs(manifestOf({ it: spec }), given, readYaml);
  return { value: inputs["it"], problems };
}

const description = "An input.";

describe("values", () => {
  const good: readonly [InputSpec, string, unknown][] = [
    [{ description, type: "string" }, " text ", " text "],
    [{ description, type: "boolean" }, "True", true],
    [{ description, type: "boolean" }, "false", false],
    [{ description, type: "integer" }, "-12", -12],
    [{ description, type: "number" }, "1.5e3", 1500],
    [{ description, type: "percent" }, "79.995%", { units: 79995n, scale: 3, text: "79.995" }],
    [{ description, type: "percent" }, "0", { units: 0n, scale: 0, text: "0" }],
    [{ description, type: "duration" }, "1h30m", 5_400_000],
    [{ description, type: "duration" }, "250ms", 250],
    [{ description, type: "bytes" }, "1.5 kB", 1500],
    [{ description, type: "bytes" }, "2KiB", 2048],
    [{ description, type: "enum", options: ["a", "b"] }, "b", "b"],
    [{ description, type: "list" }, "\n src/**\n\n !x,y \n", ["src/**", "!x,y"]],
    [{ description, type: "list", options: ["gzip", "none"] }, "none, gzip", ["none", "gzip"]],
    [{ description, type: "path" }, "./coverage/x y.info", "./coverage/x y.info"],
  ];
  it.each(good)("reads %j from %j", async (spec, text, expected) => {
    expect(await parse(spec, text)).toEqual({ value: expected, problems: [] });
  });

  const bad: readonly [InputSpec, string][] = [
    [{ description, type: "boolean" }, "yes"],
    [{ description, type: "integer" }, "1.5"],
    [{ description, type: "integer", minimum: 0 }, "-1"],
    [{ description, type: "integer" }, "99999999999999999999"],
    [{ description, type: "number" }, "Infinity"],
    [{ description, type: "number" }, "0x10"],
    [{ description, type: "percent" }, "101"],
    [{ description, type: "percent" }, "-0.1"],
    [{ description, type: "percent" }, "eighty"],
    [{ description, type: "duration" }, "5"],
    [{ description, type: "duration" }, "5 minutes"],
    [{ description, type: "bytes" }, "-1"],
    [{ description, type: "bytes" }, "5 parsecs"],
    [{ description, type: "enum", options: ["lines", "branches"] }, "line"],
    [{ description, type: "list", options: ["gzip", "none"] }, "gzip,zip"],
    [{ description, type: "path" }, "a\u0000b"],
    [{ description, type: "string" }, "a\u001b[31m"],
  ];
  it.each(bad)("refuses for %j the text %j, says what is allowed and names the input", async (spec, text) => {
    const { problems } = await parse(spec, text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^it: ".*" is not .+ Allowed: .+\./s);
  });

  it("suggests the nearest option and gives an example", async () => {
    const { problems } = await parse({ description, type: "enum", options: ["lines", "branches"], fallback: "lines" }, "branchs");
    expect(problems[0]).toContain('Did you mean "branches"?');
    expect(problems[0]).toContain("Example: lines");
  });
});

describe("what was left out", () => {
  it("takes the fallback, or nothing", async () => {
    expect((await parse({ description, type: "percent", fallback: "80" }, undefined)).value).toEqual({ units: 80n, scale: 0, text: "80" });
    expect((await parse({ description, type: "percent" }, undefined)).value).toBeUndefined();
  });

  it("is a problem where it is required", async () => {
    expect((await parse({ description, type: "string", required: true, example: "x" }, undefined)).problems).toEqual([
      "it: is required, and nothing was given. Example: x",
    ]);
  });
});

it("reports every bad input in one run", async () => {
  const manifest = manifestOf({
    a: { description, type: "integer" },
    b: { description, type: "boolean" },
    c: { description, type: "yaml" },
    d: { description, type: "string" },
  });
  const texts: Record<string, string> = { a: "x", b: "y", c: "- [", d: "fine" };
  const { problems } = await parseInputs(
    manifest,
    (name) => (texts[name] === undefined ? undefined : { from: "input", text: texts[name] }),
    readYaml,
  );
  expect(problems.map((problem) => problem.slice(0, 2))).toEqual(["a:", "b:", "c,"]);
});

it("never shows a secret", async () => {
  const { shown } = await parseInputs(
    manifestOf({ token: { description, type: "secret" } }),
    () => ({ from: "input", text: "hunter2" }),
    readYaml,
  );
  expect(shown).toEqual({});
});
