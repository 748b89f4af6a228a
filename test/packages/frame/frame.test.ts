import { describe, expect, it } from "vitest";
import { type MemoryWorld, memoryHost } from "../../../packages/frame/adapters/memory.ts";
import { UserError } from "../../../packages/frame/errors.ts";
import { type Definition, runAction } from "../../../packages/frame/frame.ts";
import type { Manifest } from "../../../packages/frame/manifest.ts";
import type { Outcome, Verdict } from "../../../packages/frame/outcome.ts";
import type { ReportBody, Rule } from "../../../packages/report/model.ts";

const manifest = {
  action: "gate",
  description: "A gate for tests.",
  inputs: {
    minimum: { description: "Lowest.", type: "percent", fallback: "80" },
    note: { description: "A text.", type: "string" },
    enforce: { description: "Whether it counts.", type: "boolean", fallback: "true" },
    token: { description: "A token.", type: "secret" },
    comment: { description: "Whether to comment.", type: "boolean", fallback: "false" },
    id: { description: "Which.", type: "string" },
    "working-directory": { description: "Where.", type: "path", fallback: "." },
  },
  outputs: { verdict: { description: "v" }, summary: { description: "s" }, report: { description: "r" }, count: { description: "c" } },
} as const satisfies Manifest;

const body = (rules: readonly Rule[] = []): ReportBody => ({ rules, findings: [], sections: [], data: {} });

function gate(outcome: Partial<Outcome> | Error): Definition<typeof manifest, unknown> {
  return {
    manifest,
    bind: () => ({}),
    async run() {
      if (outcome instanceof Error) throw outcome;
      return { verdict: "pass", headline: "All is well.", outputs: { count: 3 }, report: body(), ...outcome } as Outcome<{ count: number }>;
    },
  };
}

async function play(outcome: Partial<Outcome> | Error, world: MemoryWorld = {}) {
  const host = memoryHost(world);
  const finished = await runAction(gate(outcome), host);
  return { ...finished, host };
}

describe("exit codes", () => {
  const codes: readonly [Verdict, number, number][] = [
    ["pass", 0, 0],
    ["neutral", 0, 0],
    ["fail", 1, 0],
    ["unknown", 3, 0],
  ];
  it.each(codes)("%s ends with %i, and with %i when it is not enforced", async (verdict, enforced, free) => {
    expect((await play({ verdict })).exitCode).toBe(enforced);
    expect((await play({ verdict }, { inputs: { enforce: "false" } })).exitCode).toBe(free);
  });

  it("wrong input is 2, enforced or not, and missing evidence 3", async () => {
    expect((await play(new UserError("No such file."))).exitCode).toBe(2);
    expect((await play(new UserError("No such file."), { inputs: { enforce: "false" } })).exitCode).toBe(2);
    expect((await play(new UserError("No base.", { exitCode: 3 }))).exitCode).toBe(3);
    expect((await play(new UserError("No base.", { exitCode: 3 }), { inputs: { enforce: "false" } })).exitCode).toBe(0);
  });
});

it("gives every declared output, also when nothing could be judged", async () => {
  const good = await play({});
  expect(good.report.outputs).toEqual({ verdict: "pass", summary: "All is well.", report: "/reports/gate.json", count: "3" });
  const bad = await play(new UserError("No such file."));
  expect(bad.report.outputs).toEqual({ verdict: "unknown", summary: "No such file.", report: "/reports/gate.json", count: "" });
});

it("a bug is thrown on, never turned into a verdict", async () => {
  await expect(play(new TypeError("x is undefined"))).rejects.toThrow("x is undefined");
});

it("names all bad inputs at once and does not run", async () => {
  const { report, exitCode } = await play({}, { inputs: { minimum: "lots", note: "a\u0007b", id: "../up", enforce: "maybe" } });
  expect(exitCode).toBe(2);
  expect(report.headline).toMatch(/^4 problems: minimum: .* note: .* enforce: .* id: /s);
  expect(report.notes).toHaveLength(4);
});

describe("inputs, then .forge.yml, then the fallback", () => {
  const config = "gate:\n  minimum: 70\n";
  it.each([
    [{ minimum: "90" }, config, "90"],
    [{ minimum: "" }, config, "70"],
    [{}, undefined, "80"],
  ])("%j with %j", async (inputs, text, expected) => {
    const world = text === undefined ? { inputs } : { inputs, config: text };
    expect((await play({}, world)).report.inputs["minimum"]).toBe(expected);
  });
});

describe("accept", () => {
  const rules: readonly Rule[] = [{ name: "minimum", verdict: "fail", actual: 70, limit: 80 }];
  const config = "accept:\n  - rule: minimum\n    reason: moving house\n    until: 2026-11-21\n";
  it("turns the failure into a pass that says so first", async () => {
    const { report, exitCode } = await play(
      { verdict: "fail", headline: "Too low.", report: body(rules) },
      { config, now: Date.parse("2026-11-21T12:00:00Z") },
    );
    expect([exitCode, report.verdict, report.headline]).toEqual([0, "pass", "minimum accepted until 2026-11-21: moving house. Too low."]);
    expect(report.notes).toEqual(["Accepted until 2026-11-21: minimum (moving house)."]);
  });

  it("is dead a day later", async () => {
    const { report, exitCode } = await play(
      { verdict: "fail", headline: "Too low.", report: body(rules) },
      { config, now: Date.parse("2026-11-22T00:00:00Z") },
    );
    expect([exitCode, report.verdict]).toEqual([1, "fail"]);
    expect(report.notes?.[0]).toMatch(/^No longer accepted since 2026-11-21/);
  });

  it("does not lift a rule that could not be judged", async () => {
    const mixed: readonly Rule[] = [...rules, { name: "minimum-patch", verdict: "unknown" }];
    const { exitCode } = await play({ verdict: "fail", headline: "Too low.", report: body(mixed) }, { config, now: 0 });
    expect(exitCode).toBe(3);
  });
});

describe("a pull request", () => {
  const event = {
    name: "pull_request",
    pullRequest: { number: 7, headSha: "b".repeat(40), baseSha: "c".repeat(40), baseRef: "main", fork: false },
  };
  const change = (path: string) => ({
    base: "c".repeat(40),
    head: "a".repeat(40),
    rule: "test",
    files: [{ path, status: "modified", binary: false, added: [], removed: [] }] as const,
  });

  it("that changes .forge.yml is told so in the headline", async () => {
    const changed = await play({}, { config: "", event, change: change(".forge.yml") });
    expect(changed.report.headline).toBe("All is well. (this pull request changes .forge.yml)");
    expect((await play({}, { config: "", event, change: change("src/a.ts") })).report.headline).toBe("All is well.");
    expect((await play({}, { config: "", event, change: new UserError("no git") })).report.headline).toBe("All is well.");
  });

  it("gets a comment only where it is asked for", async () => {
    expect((await play({}, { event })).host.comments.size).toBe(0);
    const { host } = await play({}, { event, inputs: { comment: "true", id: "web" } });
    expect([...host.comments.keys()]).toEqual(["gate.web"]);
    expect(host.comments.get("gate.web")).toContain("All is well");
  });
});

it("takes a secret out of everything", async () => {
  const secret = "s3cr3t-t0ken-value";
  const { report } = await play({ headline: `Found ${secret}.`, outputs: { count: secret } as never }, { inputs: { token: secret } });
  expect(JSON.stringify(report)).not.toContain(secret);
});

it("refuses a second use of one id in a job without touching the first report", async () => {
  const host = memoryHost({ inputs: { id: "web" } });
  await runAction(gate({}), host);
  const second = await runAction(gate({}), host);
  expect([second.exitCode, second.report.outputs["report"]]).toEqual([2, ""]);
  expect(second.report.headline).toMatch(/gate\.web/);
});
