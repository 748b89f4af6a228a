import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMasker } from "../../../packages/frame/masking.ts";
import { readReport, renderJson } from "../../../packages/report/json.ts";
import { renderMarkdown } from "../../../packages/report/markdown.ts";
import { maskedReport } from "../../../packages/report/masked.ts";
import type { Report } from "../../../packages/report/model.ts";
import { reportSchema } from "../../../packages/report/schema.ts";
import { hostileStrings } from "../../fixtures/hostile.ts";
import { everyField } from "./every-field.ts";
import { failing, passing, unknown } from "./samples.ts";

/** Hostile texts, but ids as the frame allows them. */
function foreign(text: string): Report {
  return { ...everyField(text), id: "web" };
}

function refusal(json: string | Uint8Array, limits = {}): { message: string; exitCode: number } {
  try {
    readReport(json, "reports/coverage-gate.json", limits);
  } catch (error) {
    if (error instanceof Error && "exitCode" in error) return { message: error.message, exitCode: Number(error.exitCode) };
    throw error;
  }
  throw new Error("was read");
}

function changed(change: (report: Record<string, unknown>) => void): string {
  const report = JSON.parse(renderJson(failing));
  change(report);
  return JSON.stringify(report);
}

describe("renderJson", () => {
  it("writes evidence as JSON.stringify does: lists, nothing at all, and what is not given", () => {
    const data = { none: [], list: [1, null, { a: "##[x" }], nested: { list: ["y"] }, gone: undefined, text: "t" };
    expect(JSON.parse(renderJson({ ...passing, data })).data).toEqual({ ...data, gone: undefined });
    expect(renderJson({ ...passing, data })).toContain(
      '"data": {"none":[],"list":[1,null,{"a":"##\\u005bx"}],"nested":{"list":["y"]},"text":"t"}',
    );
    expect(renderJson({ ...passing, data: {} })).toContain('"data": {}');
  });

  it("has the published keys in a stable order, and a line for each rule", () => {
    const json = renderJson(failing);
    expect(Object.keys(JSON.parse(json))).toEqual(
      "schema action id version verdict enforced headline outputs rules notes findings inputs commit head base runUrl sections data".split(
        " ",
      ),
    );
    expect(json).toContain('\n    {"name":"minimum","verdict":"pass","actual":84.21,"limit":80,"unit":"%"},\n');
    expect(json).toMatch(/^{\n {2}"schema": "forge-report\/1",\n/);
    expect(json.endsWith("}")).toBe(true);
    expect(renderJson({ ...failing, findings: [{ hits: 1, path: "a", message: "m", severity: "notice", rule: "r" }] })).toContain(
      '{"rule":"r","severity":"notice","message":"m","path":"a","hits":1}',
    );
  });

  it("throws rather than turn a number into null", () => {
    expect(() => renderJson({ ...passing, data: { files: [{ covered: Number.NaN }] } })).toThrow('NaN in "data" at "covered"');
    expect(() => renderJson({ ...passing, data: { rate: Number.POSITIVE_INFINITY } })).toThrow('Infinity in "data" at "rate"');
  });

  it.each(hostileStrings)("holds $name, and shows nothing that a runner or a terminal obeys", ({ text }) => {
    const report = foreign(text);
    const json = renderJson(report);
    expect(json).not.toMatch(/##\[|(?!\n)\p{Cc}|[\u2028\u2029\u200b\u202a-\u202e\u2066-\u2069\ufeff]|\p{Cs}/u);
    expect(json.split("\n").filter((line) => /^\s*::/.test(line))).toEqual([]);
    expect(readReport(json)).toEqual(report);
  });
});

describe("readReport", () => {
  it.each([passing, failing, unknown])("gives back the report: $headline", (report) => {
    expect(readReport(renderJson(report))).toEqual({ notes: [], ...report });
    expect(readReport(new TextEncoder().encode(renderJson(report)))).toEqual({ notes: [], ...report });
  });

  it("drops keys that it does not know, and names parts that it does not know", () => {
    const json = changed((report) => {
      report.later = { x: 1 };
      report.sections = [{ title: "T", blocks: [{ kind: "hologram", cells: [] }] }];
    });
    const report = readReport(json);
    expect(report).not.toHaveProperty("later");
    expect(report.sections).toEqual([
      { title: "T", blocks: [{ kind: "paragraph", text: 'Not shown: a part of the kind "hologram", which this version does not know.' }] },
    ]);
  });

  it.each<[string, (report: Record<string, unknown>) => void, string]>([
    [
      "a newer format",
      (report) => (report.schema = "forge-report/2"),
      "its format is forge-report/2, and this version reads forge-report/1",
    ],
    ["another document", (report) => delete report.schema, 'its "schema" is not "forge-report/1"'],
    [
      "an unknown verdict",
      (report) => (report.verdict = "maybe"),
      'report.verdict is "maybe", allowed is one of pass, fail, neutral, unknown',
    ],
    ["a missing headline", (report) => delete report.headline, "report.headline is missing"],
    ["an action that is a path", (report) => (report.action = "../x"), 'report.action is "../x", allowed is the name of an action'],
    ["an id that is Markdown", (report) => (report.id = "[x](y)"), "report.id is"],
    ["a rule without verdict", (report) => (report.rules = [{ name: "x" }]), "report.rules[0].verdict is missing"],
    [
      "a line that is no line",
      (report) => (report.findings = [{ rule: "r", severity: "error", message: "m", line: 0 }]),
      "report.findings[0].line is 0",
    ],
    ["an output that is no text", (report) => (report.outputs = { coverage: 80 }), "report.outputs.coverage is 80, allowed is a text"],
    ["sections as an object", (report) => (report.sections = {}), "report.sections is an object, allowed is a list"],
    [
      "a row that is no list",
      (report) => (report.sections = [{ title: "T", blocks: [{ kind: "table", columns: [], rows: ["x"] }] }]),
      'rows[0] is "x", allowed is a list',
    ],
    ["a prototype key", (report) => (report.inputs = { constructor: { x: 1 } }), 'it has the key "constructor"'],
  ])("refuses %s", (_name, change, message) => {
    const { message: told, exitCode } = refusal(changed(change));
    expect(told).toContain("reports/coverage-gate.json is not a report of Forge: ");
    expect(told).toContain(message);
    expect(exitCode).toBe(2);
  });

  it("refuses the key __proto__ everywhere, and allows a file called constructor in data", () => {
    const json = renderJson({ ...passing, data: { constructor: 1 } });
    expect(readReport(json).data).toEqual({ constructor: 1 });
    expect(refusal(json.replace('"constructor"', '"__proto__"')).message).toContain('it has the key "__proto__"');
  });

  it("refuses a report that contradicts itself, as evidence and not as input", () => {
    const { message, exitCode } = refusal(changed((report) => (report.outputs = { verdict: "pass" })));
    expect(message).toContain('contradicts itself: its verdict is fail, its output "verdict" is pass');
    expect(exitCode).toBe(3);
  });

  it.each([
    ["too large", " ".repeat(2_000), { maxBytes: 1_000 }, "it has 2000 bytes, allowed are 1000"],
    ["nested a million deep", "[".repeat(1_000_000), {}, "nested deeper than 40 levels"],
    ["made of values", `[${"[],".repeat(3_000_000)}1]`, {}, "more than 2000000 values"],
    ["no JSON", "::error::x", {}, "is not a report of Forge"],
    ["an unfinished text", '{"schema": "forge-repor', {}, "is not a report of Forge"],
    ["null", "null", {}, "it is null, allowed is an object"],
    ["a number that is too large", renderJson(passing).replace('"actual":84.21', '"actual":1e999'), {}, "a number that is too large"],
  ])("refuses what is %s", (_name, json, limits, message) => {
    expect(refusal(json, limits).message).toContain(message);
  });

  it("refuses bytes that are no UTF-8", () => {
    expect(refusal(new Uint8Array([0x7b, 0xff, 0x7d])).exitCode).toBe(2);
  });

  it("answers with a report or a UserError for any JSON in any place", () => {
    const keys = Object.keys(JSON.parse(renderJson(failing)));
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.jsonValue(), (key, value) => {
        const json = changed((report) => (report[key] = value));
        try {
          const report = readReport(json);
          expect(renderMarkdown(report, { limitBytes: 65_000, medium: "comment" })).toMatch(/^### /);
        } catch (error) {
          expect(error).toHaveProperty("name", "UserError");
        }
      }),
    );
  });
});

describe("reportSchema", () => {
  const data = { type: "object", properties: { text: { type: "string" } } } as const;
  const validate = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true }).compile(
    reportSchema("coverage-gate", ["verdict", "coverage"], data),
  );

  it.each([passing, failing, unknown])("accepts what is rendered: $headline", (report) => {
    validate(JSON.parse(renderJson(report)));
    expect(validate.errors).toBeNull();
  });

  it("accepts every kind of block", () => {
    validate({ ...JSON.parse(renderJson(everyField("x"))), outputs: { verdict: "fail", coverage: "1" } });
    expect(validate.errors).toBeNull();
  });

  it.each<[string, (report: Record<string, unknown>) => void]>([
    ["another action", (report) => (report.action = "bundle-size")],
    ["a missing output", (report) => (report.outputs = { verdict: "fail" })],
    ["an undeclared output", (report) => (report.outputs = { verdict: "fail", coverage: "", x: "" })],
    ["an unknown key", (report) => (report.x = 1)],
    ["a missing key", (report) => delete report.notes],
    ["an unknown block", (report) => (report.sections = [{ title: "T", blocks: [{ kind: "x" }] }])],
    ["wrong data", (report) => (report.data = { text: 1 })],
  ])("refuses %s", (_name, change) => {
    expect(validate(JSON.parse(changed(change)))).toBe(false);
  });
});

describe("maskedReport", () => {
  const secret = "s3cr|t_@val`ue<x>";

  it("hides a secret in every field before any renderer escapes it", () => {
    const masker = createMasker();
    masker.add(secret);
    const report = maskedReport(everyField(`the ${secret}!`), masker);
    const rendered = renderJson(report) + renderMarkdown(report, { limitBytes: 65_000, medium: "comment" });
    expect(rendered).not.toMatch(/s3cr|val\\?`ue/);
    expect(report.headline).toBe("the ***!");
  });

  it("keeps the words of the format", () => {
    const masker = createMasker();
    for (const word of ["fail", "table", "error", "right"]) masker.add(word);
    const report = maskedReport({ ...failing, headline: "fail: error" }, masker);
    expect(report.headline).toBe("***: ***");
    expect(report.verdict).toBe("fail");
    const kinds = readReport(renderJson({ ...report, outputs: {} })).sections.flatMap(({ blocks }) => blocks.map(({ kind }) => kind));
    expect(kinds).toEqual(["table", "bars"]);
  });
});
