import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import coverage from "../../actions/coverage-gate/conformance.ts";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import { hostileStrings } from "../../fixtures/hostile.ts";
import { cleanUp, runBundle } from "../harness.ts";
import { minutes, told, world } from "./github.ts";

let fake: FakeGitHub;
beforeAll(async () => {
  fake = await startFakeGitHub();
});
afterAll(async () => {
  cleanUp();
  await fake.close();
});

/** Outside of code nothing may mention anybody, and our markers may stand only where we put them. */
function expectHarmless(body: string): void {
  const outside = body.replace(/(`{3,})[^\n]*\n[\s\S]*?\n\1/g, "").replace(/(`+)[^`\n]+?\1/g, "");
  expect(outside).not.toMatch(/(^|[^\w`/])@[A-Za-z0-9]/);
  expect([2, 4]).toContain(body.match(/<!--/g)?.length);
  expect(body.startsWith("<!-- forge-incident:")).toBe(true);
  expect(body.trimEnd().endsWith("<!-- forge-incident:end -->")).toBe(true);
  expect(new TextDecoder("utf-8", { fatal: true }).decode(new TextEncoder().encode(body))).toBe(body);
  expect([...body].length).toBeLessThanOrEqual(65_536);
}

describe("evidence", () => {
  it("a megabyte of emoji, mentions, comments and fences stays within limits and harms nothing", async () => {
    const here = world(fake);
    const lines = ["😀 @team @octocat fixes #1 <!-- forge-incident:end -->", "```", "~~~", "</details>", "<script>x</script>", "| a | b |"];
    writeFileSync(join(here.workspace, "log.txt"), Array.from({ length: 30_000 }, (_, index) => lines[index % lines.length]).join("\n"));
    writeFileSync(join(here.workspace, "line.txt"), "😀".repeat(300_000));
    const run = await here.run({ verdict: "fail", evidence: "log.txt\nline.txt\nmissing.txt", summary: "@team <!-- --> 😀\n\n```\n" });
    expect(told(run).slice(0, 3), run.log).toEqual([0, "pass", "open"]);
    const body = here.incidents()[0]?.body ?? "";
    expectHarmless(body);
    expect(body).toContain("earlier lines");
    expect(run.report?.notes?.join("\n")).toContain("missing.txt is missing");
    fake.verify();
  });

  it("a report of another action is a table; it stays when a later run brings none", async () => {
    const here = world(fake);
    mkdirSync(join(here.workspace, "reports"));
    const report = {
      schema: "forge-report/1",
      action: "health-check",
      id: "",
      version: "1.0.0",
      verdict: "fail",
      enforced: true,
      headline: "checkout answers 503",
      outputs: { verdict: "fail" },
      rules: [{ name: "status", verdict: "fail", actual: 503, limit: 200, why: "the body says maintenance" }],
      notes: [],
      findings: [],
      inputs: {},
      commit: "a".repeat(40),
      sections: [{ title: "Targets", blocks: [{ kind: "table", columns: [{ title: "URL" }], rows: [["https://shop.example.com"]] }] }],
      data: {},
    };
    writeFileSync(join(here.workspace, "reports", "health.json"), JSON.stringify(report));
    await here.run({ verdict: "fail", evidence: "reports/*.json" });
    const [issue] = here.incidents();
    expect(issue?.body).toContain("| fail | `status` | 503 | 200 | the body says maintenance |");
    here.pass(minutes(5));
    await here.run({ verdict: "pass", "resolve-after": "0s" });
    expect(issue?.body).toContain("the body says maintenance");
    expect(issue?.body).toContain("**Resolved**");
    expectHarmless(issue?.body ?? "");
    fake.verify();
  });
});

describe("reports of other actions, as they really are", () => {
  it("of coverage-gate and of bundle-size become tables", async () => {
    const here = world(fake);
    const files = Object.entries(await coverage.prepare(here.workspace));
    const gates = [
      await runBundle("coverage-gate", { workspace: here.workspace, inputs: { ...Object.fromEntries(files), minimum: "95" } }),
      await runBundle("bundle-size", {
        workspace: here.workspace,
        inputs: { files: "src/*.js", budgets: "- {name: app, max: 10 B}", compression: "gzip" },
      }),
    ];
    expect(gates.map(({ exitCode }) => exitCode)).toEqual([1, 1]);
    const names = gates.map(({ report }, index) => {
      writeFileSync(join(here.workspace, `gate-${index}.json`), JSON.stringify(report));
      return `gate-${index}.json`;
    });
    const run = await here.run({ verdict: "fail", evidence: names.join("\n") });
    expect(run.exitCode, run.log).toBe(0);
    const body = here.incidents()[0]?.body ?? "";
    for (const gate of gates) {
      expect(gate.report?.rules.length).toBeGreaterThan(0);
      for (const rule of gate.report?.rules ?? []) expect(body).toContain(`| ${rule.verdict} | \`${rule.name}\` |`);
    }
    for (const name of ["coverage-gate", "bundle-size"]) expect(body).toContain(`**fail** · ${name} · `);
    expectHarmless(body);
    fake.verify();
  });

  it.each([
    ["a truncated report", '{"schema":"forge-report/1","action":"x"'],
    ["one of another shape", '{"schema":"forge-report/1","rules":7}'],
    ["no text at all", "\u0000\u0001\ufffd"],
    ["nothing", ""],
  ])("%s still opens", async (_, text) => {
    const here = world(fake);
    writeFileSync(join(here.workspace, "report.json"), text);
    const run = await here.run({ verdict: "fail", evidence: "report.json" });
    expect(told(run).slice(0, 3), run.log).toEqual([0, "pass", "open"]);
    expectHarmless(here.incidents()[0]?.body ?? "");
    fake.verify();
  });
});

describe("secrets", () => {
  it("are in no issue, though the log is full of them", async () => {
    const here = world(fake);
    const other = `ghp_${"aB3".repeat(12)}`;
    const basic = Buffer.from("user:password").toString("base64");
    const lines = ["token ghs_job and", `curl -H "Authorization: Basic ${basic}"`, other, Buffer.from("ghs_job").toString("base64")];
    writeFileSync(join(here.workspace, "log.txt"), lines.join("\n"));
    await here.run({ verdict: "fail", evidence: "log.txt", summary: `with ${other}`, title: "ghs_job leaked" });
    const text = JSON.stringify([here.incidents(), [...here.repository.git.refs]]);
    expect(text).toContain("curl -H");
    for (const secret of ["ghs_job", other, basic]) expect(text).not.toContain(secret);
    fake.verify();
  });
});

describe("texts of strangers", () => {
  it("every hostile text, in every free place at once", async () => {
    for (const { name, text } of hostileStrings.filter((_, index) => index % 9 === 0)) {
      const here = world(fake);
      const kept = [...text].filter((letter) => letter === "\n" || letter === "\t" || (letter >= " " && letter !== "\u007f"));
      const value = kept.join("").slice(0, 2_000) || "x";
      writeFileSync(join(here.workspace, "log.txt"), text);
      const free = Object.fromEntries(
        ["title", "summary", "service", "check", "environment", "runbook", "deployment"].map((input) => [input, value]),
      );
      const run = await here.run({ verdict: "fail", evidence: "log.txt", ...free });
      expect([0, 2], `${name}\n${run.log}`).toContain(run.exitCode);
      const [issue] = here.incidents();
      if (issue === undefined) continue;
      expectHarmless(issue.body);
      expect(issue.title.includes("\n")).toBe(false);
      fake.verify();
    }
  }, 60_000);
});

describe("the page", () => {
  it("says what, since when, what was deployed, what to do", async () => {
    const here = world(fake);
    await here.run({
      verdict: "fail",
      deployment: "v1.4.1...v1.4.2",
      runbook: "https://wiki.example.com/checkout",
      labels: "incident, ops",
      summary: "First line.\n\nSecond paragraph.",
    });
    const [issue] = here.incidents();
    expect(issue?.body).toContain("(https://github.com/octo/app/compare/v1.4.1...v1.4.2)");
    expect(issue?.body).toContain("(https://wiki.example.com/checkout)");
    expect(issue?.body).toContain("First failing sample");
    expect(issue?.body).toContain("Second paragraph.");
    expect(issue?.labels).toEqual(expect.arrayContaining(["incident", "ops", "severity:high"]));
    fake.verify();
  });
});

describe("group", () => {
  it("an outage of many targets is one incident with a row for each, and ends with the last", async () => {
    const here = world(fake);
    const group = { group: "eu-west", "resolve-after": "0s" };
    for (const service of ["checkout", "search", "login"]) await here.run({ verdict: "fail", service, ...group });
    expect(here.incidents()).toHaveLength(1);
    const [issue] = here.incidents();
    for (const service of ["checkout", "search", "login"]) expect(issue?.body).toContain(`| \`${service} / http\` | **failing** |`);
    here.pass(minutes(5));
    for (const service of ["checkout", "search"])
      expect((await here.run({ verdict: "pass", service, ...group })).outputs["state"]).toBe("open");
    expect(issue?.body).toContain("| `search / http` | passing |");
    here.pass(minutes(5));
    const last = await here.run({ verdict: "pass", service: "login", ...group });
    expect([last.outputs["state"], last.outputs["time-to-recover"]]).toEqual(["resolved", "600"]);
    expect(issue?.open).toBe(false);
    fake.verify();
  });
});

describe("silences", () => {
  const nightly = '- name: night work\n  match: { environment: production }\n  from: "22:00"\n  to: "05:30"\n  timezone: Europe/Berlin\n';

  it("nothing new is opened, whatever the runner's time zone", async () => {
    for (const TZ of ["UTC", "America/Los_Angeles", "Asia/Kathmandu", "Australia/Lord_Howe"]) {
      const here = world(fake);
      const run = await here.run({ verdict: "fail", silences: nightly }, { env: { TZ } });
      expect(told(run), run.log).toEqual([0, "neutral", "silenced", ""]);
      expect(run.outputs["summary"]).toContain("night work");
      expect(here.repository.issues.all.size).toBe(0);
      here.pass(minutes(90));
      expect((await here.run({ verdict: "fail", silences: nightly }, { env: { TZ } })).outputs["state"]).toBe("open");
      fake.verify();
    }
  });

  it("another environment is none of its business", async () => {
    const here = world(fake);
    expect((await here.run({ verdict: "fail", environment: "staging", silences: nightly })).outputs["state"]).toBe("open");
  });

  it("mistakes are all told, with their lines", async () => {
    const silences =
      '- name: a\n  form: "22:00"\n  from: "25:00"\n  to: "05:30"\n  timezone: Europe/Berln\n- days: [someday]\n  from: "1:00"\n  to: "2:00"\n';
    const run = await world(fake).run({ verdict: "fail", silences });
    expect(run.exitCode).toBe(2);
    for (const part of ["line 2", '"form"', "25:00", "Europe/Berln", "someday"]) expect(run.outputs["summary"]).toContain(part);
    expect(fake.requests).toEqual([]);
  });
});

describe("what was given", () => {
  it.each([
    ["no verdict", { verdict: "" }, /^verdict: is needed/],
    ["a label that is too long", { labels: "x".repeat(51) }, /labels/],
    ["a verdict of another kind", { verdict: "success" }, /verdict: "success"/],
    ["a number without a unit", { for: "10" }, /for: "10"/],
  ] as const)("%s is exit 2 and asks nobody", async (_, inputs, message) => {
    const run = await world(fake).run({ verdict: "fail", ...inputs });
    expect([run.exitCode, run.outputs["summary"]]).toEqual([2, expect.stringMatching(message)]);
    expect(fake.requests).toEqual([]);
  });

  it.each(["unknown", "neutral"])("%s changes nothing and is neutral", async (verdict) => {
    const here = world(fake);
    expect(told(await here.run({ verdict }))).toEqual([0, "neutral", "", ""]);
    await here.run({ verdict: "fail" });
    here.pass(minutes(5));
    expect(told(await here.run({ verdict }))).toEqual([0, "neutral", "open", String(here.incidents()[0]?.number)]);
    expect(fake.requests.filter(({ method, path }) => method !== "GET" && path !== "/graphql").length).toBeLessThan(20);
    fake.verify();
  });

  it("the fingerprint is of who, never of what was said", async () => {
    const here = world(fake);
    const one = await here.run({ verdict: "fail", title: "a", summary: "b" });
    here.pass(minutes(1));
    const two = await here.run({ verdict: "fail", title: "c", summary: "d" });
    expect(two.outputs["incident-number"]).toBe(one.outputs["incident-number"]);
    const other = await here.run({ verdict: "fail", environment: "staging" });
    expect(other.outputs["incident-number"]).not.toBe(one.outputs["incident-number"]);
    fake.verify();
  });
});
