/** The shell of the workflows' steps, run as GitHub runs it, with the environment that the expressions would give. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readReport } from "../../packages/report/json.ts";

const root = resolve(import.meta.dirname, "../..");
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly printed: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly temporary: string;
}

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly name?: string; readonly run?: string }[] }>>;
}

function script(workflow: string, job: string, step: string): string {
  const { jobs } = parse(readFileSync(join(root, "reusable-workflows", `${workflow}.yml`), "utf8")) as Workflow;
  return jobs[job]?.steps.find(({ name }) => name === step)?.run ?? "";
}

function folder(files: Readonly<Record<string, string>> = {}): string {
  const made = mkdtempSync(join(tmpdir(), "forge-step-"));
  folders.push(made);
  for (const [path, text] of Object.entries(files)) writeFileSync(join(made, path), text);
  return made;
}

/** `shell: bash` is `bash --noprofile --norc -eo pipefail {0}`. */
function run(text: string, cwd: string, env: Readonly<Record<string, string>>): Ended {
  const temporary = folder();
  const file = (name: string): string => join(temporary, name);
  for (const name of ["script.sh", "output", "summary"]) writeFileSync(file(name), name === "script.sh" ? text : "");
  const given = {
    PATH: process.env.PATH ?? "",
    RUNNER_TEMP: temporary,
    GITHUB_OUTPUT: file("output"),
    GITHUB_STEP_SUMMARY: file("summary"),
  };
  const args = ["--noprofile", "--norc", "-eo", "pipefail", file("script.sh")];
  const { status, stdout, stderr } = spawnSync("bash", args, { cwd, encoding: "utf8", env: { ...given, ...env } });
  return { code: status, printed: stdout + stderr, outputs: outputsOf(readFileSync(file("output"), "utf8")), temporary };
}

function outputsOf(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const [, name, end] = /^([\w-]+)<<(.+)$/.exec(lines[at] ?? "") ?? [];
    const [, plain, value] = /^([\w-]+)=(.*)$/.exec(lines[at] ?? "") ?? [];
    if (name !== undefined && end !== undefined) {
      const last = lines.indexOf(end, at);
      outputs[name] = lines.slice(at + 1, last).join("\n");
      at = last;
    } else if (plain !== undefined) outputs[plain] = value ?? "";
  }
  return outputs;
}

const alone = { COVERAGE: "", BUNDLE: "", BENCHMARKS: "", SECRETS: "", DIRECTORY: ".", PATTERNS: "", EVENT: "pull_request", BASE: "" };
const called = { ...alone, COVERAGE: "true", BUNDLE: "false", BENCHMARKS: "false", SECRETS: "true" };

function plan(cwd: string, env: Readonly<Record<string, string>>): Ended {
  return run(script("quality-gate", "gates", "Plan"), cwd, env);
}

describe("quality-gate, Plan", () => {
  test("called, it does what the inputs say, whatever .forge.yml holds", () => {
    const { code, outputs } = plan(folder({ ".forge.yml": "bundle-size:\nquality-gate: nonsense\n" }), called);
    expect([code, outputs["expected"], outputs["changed"], outputs["command"]]).toEqual([
      0,
      "coverage-gate\nsecret-scan",
      "true",
      undefined,
    ]);
  });

  test("stand-alone, the sections of .forge.yml say which gates are on", () => {
    const { outputs } = plan(
      folder({ ".forge.yml": '"bundle-size":\n  budgets: x\n# coverage-gate:\nsecret-scan :\n  coverage-gate: no\n' }),
      alone,
    );
    expect(outputs["expected"]).toBe("bundle-size\nsecret-scan");
  });

  test.each([
    ["stand-alone", alone],
    ["called", { ...called, COVERAGE: "false", SECRETS: "false" }],
  ])("%s with no gate on, it ends with 2 and says so", (_name, env) => {
    const { code, printed, outputs } = plan(folder(), env);
    expect([code, printed]).toEqual([2, expect.stringMatching(/^::error::No gate is on: turn on coverage/)]);
    expect(outputs).toEqual({ mistake: expect.stringContaining("No gate is on") });
  });

  test.each([
    ["command: npm ci && npm test # all", "npm ci && npm test\n"],
    ["# first\n  command: |\n    npm ci\n\n    npm test\n  # end", "  npm ci\n\n  npm test\n"],
    ["command: |-\r\n      npm ci\r", "    npm ci\n"],
  ])("stand-alone, the command comes from there: %j", (text, command) => {
    const at = folder({ ".forge.yml": `quality-gate:\n  ${text}\ncoverage-gate:\n  command: not this one\n` });
    const { code, outputs, temporary } = plan(at, alone);
    expect([code, outputs["command"]]).toEqual([0, "true"]);
    expect(readFileSync(join(temporary, "forge-command"), "utf8")).toBe(command);
  });

  test.each([
    "quality-gate: { command: npm test }",
    '"quality-gate":\n  command: npm test',
    "quality-gate:\n  command: >\n    npm test",
    'quality-gate:\n  command: "npm test"',
    "quality-gate:\n  enforce: false",
    "quality-gate:\n  command: npm\n    test",
    "quality-gate:\n  command: npm test\n  command: true",
    "quality-gate:\n  - command: npm test",
  ])("stand-alone, what it cannot read is a mistake and no guess: %j", (text) => {
    const { code, printed } = plan(folder({ ".forge.yml": `coverage-gate:\n${text}\n` }), alone);
    expect([code, printed]).toEqual([
      2,
      expect.stringContaining("::error::The section quality-gate of .forge.yml may hold one setting, command"),
    ]);
  });
});

describe("quality-gate, paths", () => {
  const repository = folder();
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=T", "-c", "user.email=t@example.invalid", "-c", "commit.gpgsign=false", ...args], {
      cwd: repository,
      encoding: "utf8",
    }).trim();
  git("init", "--quiet", "--initial-branch=main");
  git("commit", "--quiet", "--allow-empty", "--message=first");
  const before = git("rev-parse", "HEAD");
  mkdirSync(join(repository, "docs"));
  writeFileSync(join(repository, "docs", "a.md"), "a");
  git("add", "--all");
  git("commit", "--quiet", "--message=docs");
  const linear = git("rev-parse", "HEAD");
  git("switch", "--quiet", "--create", "merge", before);
  git("merge", "--quiet", "--no-ff", "--message=merge", linear);

  test.each([
    ["src/**", "pull_request", "", "false"],
    ["src/**", "pull_request_target", "", "true"],
    ["src/**\n**/*.md", "pull_request", "", "true"],
    ["**\n!docs/**", "pull_request", "", "false"],
    ["src/**", "merge_group", before, "false"],
    ["src/**", "push", before, "false"],
    ["src/**", "push", "0".repeat(40), "true"],
    ["src/**", "workflow_dispatch", "", "true"],
    ["--output=x", "push", before, "false"],
  ])("%j on %s: %s %s", (PATTERNS, EVENT, BASE, changed) => {
    const { code, outputs, temporary } = plan(repository, { ...called, PATTERNS, EVENT, BASE, GITHUB_SHA: "a".repeat(40) });
    expect([code, outputs["changed"], outputs["coverage-gate"]]).toEqual([0, changed, changed]);
    expect(outputs["expected"]).toBe(changed === "true" ? "coverage-gate\nsecret-scan" : "quality-gate");
    if (changed === "true") return;
    const report = readReport(readFileSync(join(temporary, "forge-reports", "quality-gate.json"), "utf8"), "quality-gate.json");
    expect(report).toMatchObject({ action: "quality-gate", verdict: "neutral", headline: "Nothing that this gate looks at has changed." });
  });

  test("a pull request that is not checked out as a merge is judged, whatever changed", () => {
    git("checkout", "--quiet", linear);
    expect(plan(repository, { ...called, PATTERNS: "src/**" }).outputs["changed"]).toBe("true");
  });
});

describe("quality-gate and self-heal, Command", () => {
  const commands = [
    ["quality-gate", "gates"],
    ["self-heal", "command"],
  ] as const;

  test.each(commands)("%s masks every value, keeps it from nobody else, and hides how it was given", (workflow, job) => {
    const command = 'echo "$A|$B|$C"; env | grep -c ^FORGE_ || true';
    const { code, printed } = run(script(workflow, job, "Command"), folder(), {
      FORGE_COMMAND: command,
      FORGE_ENV: "A=50%25\r\nB=x = y\n\nC=\n",
    });
    expect([code, printed]).toEqual([0, "::add-mask::50%2525\n::add-mask::x = y\n50%25|x = y|\n0\n"]);
  });

  test.each(commands)("%s refuses what is no variable, without showing it", (workflow, job) => {
    const { code, printed } = run(script(workflow, job, "Command"), folder(), { FORGE_COMMAND: "true", FORGE_ENV: "A=1\nhunter2" });
    expect([code, printed]).toEqual([2, expect.not.stringContaining("hunter2")]);
    expect(printed).toContain("::error::The secret env holds a line that is not NAME=value.");
  });

  test("ends as the command does in quality-gate, and leaves the judgement to the next look in self-heal", () => {
    const env = { FORGE_COMMAND: "false | true; echo never", FORGE_ENV: "" };
    expect(run(script("quality-gate", "gates", "Command"), folder(), env).code).toBe(1);
    const healed = run(script("self-heal", "command", "Command"), folder(), env);
    expect([healed.code, healed.outputs]).toEqual([0, { code: "1" }]);
  });
});

describe("quality-gate, Decide", () => {
  const good = { GATES: "success", REPORT: "success", CHANGED: "true", VERDICT: "pass", SUMMARY: "Fine.", ENFORCE: "true", MISTAKE: "" };
  const decide = (env: Readonly<Record<string, string>>): Ended =>
    run(script("quality-gate", "gate", "Decide"), folder(), { ...good, ...env });

  test.each<[Readonly<Record<string, string>>, number, string]>([
    [{}, 0, "pass"],
    [{ VERDICT: "neutral" }, 0, "neutral"],
    [{ VERDICT: "fail" }, 1, "fail"],
    [{ VERDICT: "fail", ENFORCE: "" }, 1, "fail"],
    [{ VERDICT: "fail", ENFORCE: "false" }, 0, "fail"],
    [{ VERDICT: "fail", GATES: "failure" }, 1, "fail"],
    [{ VERDICT: "unknown" }, 3, "unknown"],
    [{ VERDICT: "" }, 3, "unknown"],
    [{ VERDICT: "great" }, 3, "unknown"],
    [{ REPORT: "skipped", CHANGED: "false", VERDICT: "" }, 0, "neutral"],
    [{ REPORT: "skipped", CHANGED: "", VERDICT: "", GATES: "failure" }, 3, "unknown"],
    [{ MISTAKE: "No gate is on.", GATES: "failure", REPORT: "skipped", VERDICT: "" }, 2, "unknown"],
    [{ MISTAKE: "No gate is on.", GATES: "failure", REPORT: "skipped", VERDICT: "", ENFORCE: "false" }, 2, "unknown"],
    ...["failure", "cancelled", "skipped"].flatMap((result) => [
      [{ GATES: result }, 3, "unknown"] as [Record<string, string>, number, string],
      [{ REPORT: result }, 3, "unknown"] as [Record<string, string>, number, string],
    ]),
  ])("%j ends with %i, %s", (env, code, verdict) => {
    const ended = decide(env);
    expect([ended.code, ended.outputs["verdict"]]).toEqual([code, verdict]);
  });

  test("gives a summary of several lines on as it is", () => {
    expect(decide({ SUMMARY: "One.\nverdict=pass\nEOF" }).outputs["summary"]).toBe("One.\nverdict=pass\nEOF");
  });
});

describe("self-heal", () => {
  const planned = (env: Readonly<Record<string, string>>): Ended =>
    run(script("self-heal", "check", "Plan"), folder(), { COMMAND: "", ROLLBACK: "false", KILL_SWITCH: "", EVENT: "schedule", ...env });

  test.each([
    [{}, "none"],
    [{ COMMAND: "restart" }, "command"],
    [{ ROLLBACK: "true" }, "rollback"],
    [{ COMMAND: "restart", KILL_SWITCH: "On" }, "none"],
    [{ COMMAND: "restart", KILL_SWITCH: "OFF" }, "command"],
    [{ COMMAND: "restart", EVENT: "pull_request_target" }, "none"],
  ])("Plan: %j recovers by %s", (env, recovery) => {
    expect(planned(env).outputs).toEqual({ recovery });
  });

  test("Plan: a command and a rollback contradict each other", () => {
    expect(planned({ COMMAND: "restart", ROLLBACK: "true" })).toMatchObject({ code: 2, outputs: {} });
  });

  const before = {
    CHECK: "success",
    SAME_RUN: "true",
    BEFORE: "pass",
    AFTER: "",
    CLAIM: "skipped",
    ATTEMPT: "",
    VERIFY: "skipped",
    INCIDENT: "success",
  };
  test.each([
    [{}, "pass"],
    [{ BEFORE: "neutral" }, "unknown"],
    [{ BEFORE: "unknown" }, "unknown"],
    [{ CHECK: "failure", BEFORE: "" }, "unknown"],
    [{ SAME_RUN: "false" }, "unknown"],
    [{ BEFORE: "fail" }, "fail"],
    [{ BEFORE: "fail", CLAIM: "success", ATTEMPT: "cooldown" }, "fail"],
    [{ BEFORE: "fail", CLAIM: "failure" }, "fail"],
    [{ BEFORE: "fail", CLAIM: "success", ATTEMPT: "granted", VERIFY: "success", AFTER: "pass" }, "pass"],
    [{ BEFORE: "fail", CLAIM: "success", ATTEMPT: "granted", VERIFY: "success", AFTER: "fail" }, "fail"],
    [{ BEFORE: "fail", CLAIM: "success", ATTEMPT: "granted", VERIFY: "failure", AFTER: "pass" }, "unknown"],
    [{ BEFORE: "fail", CLAIM: "success", ATTEMPT: "granted", VERIFY: "cancelled" }, "unknown"],
  ])("Decide: %j is %s", (env, verdict) => {
    expect(run(script("self-heal", "outcome", "Decide"), folder(), { ...before, ...env }).outputs["verdict"]).toBe(verdict);
  });
});
