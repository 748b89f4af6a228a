import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CommandRun, cleanUp, runForge, temporaryFolder } from "../harness.ts";
import { edit } from "../pull-request.ts";
import { git } from "../repository.ts";
import { lcov, project, share, source } from "./gate.ts";

let folder = "";
beforeAll(() => {
  folder = project({ "src/a.js": share(8, 10) }).folder;
});
afterAll(cleanUp);

interface Told {
  readonly verdict: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

function told(run: CommandRun): Told {
  return JSON.parse(run.stdout) as Told;
}

const run = (...args: readonly string[]): Promise<CommandRun> => runForge(["run", "coverage-gate", ...args], folder);

describe("forge run", () => {
  it("prints the answer first, and ends as the verdict says", async () => {
    const good = await run();
    expect([good.exitCode, good.stderr]).toEqual([0, ""]);
    expect(good.stdout.split("\n")[0]).toMatch(/pass · coverage-gate · Coverage 80\.00%/);
    const bad = await run("--minimum", "90");
    expect(bad.exitCode).toBe(1);
    expect(bad.stdout.split("\n")[0]).toMatch(/fail · coverage-gate · Coverage 80\.00% is below minimum 90%/);
    const wrong = await run("--reports", "none/*");
    expect([wrong.exitCode, wrong.stdout + wrong.stderr]).toEqual([2, expect.stringContaining("none/*")]);
    expect((await run("--metric", "branches")).exitCode).toBe(3);
    expect((await run("--minimum", "90", "--enforce", "false")).exitCode).toBe(0);
  });

  it.each([
    ["pass", []],
    ["fail", ["--minimum=99"]],
    ["unknown", ["--reports", "none/*"]],
    ["unknown", ["--minimum", "lots"]],
  ])("--json prints the report and nothing else: %s", async (verdict, args) => {
    const result = await run("--json", ...args);
    expect(told(result)).toMatchObject({ schema: "forge-report/1", action: "coverage-gate", verdict });
  });

  it("takes values after a space or an equals sign, booleans alone, and lists more than once", async () => {
    edit(folder, { "coverage/other.info": lcov({ "src/a.js": share(9, 10) }) });
    const args = [
      "--reports",
      "coverage/lcov.info",
      "--reports=coverage/other.info",
      "--explain",
      "--annotations",
      "false",
      "--minimum=90",
    ];
    const result = await run("--json", ...args);
    expect([result.exitCode, told(result).outputs["covered"]], result.stderr).toEqual([0, "9"]);
    expect((await run("--explain")).stdout).toContain("Counted files (1)");
  });

  it("leaves nothing behind in the working tree", async () => {
    await run();
    expect(git(folder, "status", "--porcelain")).toBe("");
    expect(readdirSync(join(folder, ".git", "forge-reports"))).toEqual(["coverage-gate.json"]);
  });

  it("judges the working tree, from any folder of it", async () => {
    const { folder: other } = project({ "src/a.js": "1111" });
    edit(other, {
      "src/a.js": source(6),
      "src/new.js": source(2),
      "coverage/lcov.info": lcov({ "src/a.js": "111110", "src/new.js": "11" }),
    });
    const whole = await runForge(["run", "coverage-gate", "--json", "--minimum-patch", "80"], other);
    expect([whole.exitCode, told(whole).outputs["patch-coverage"]], whole.stderr).toEqual([1, "75.00"]);
    const inner = await runForge(["run", "coverage-gate", "--json", "--reports", "../coverage/lcov.info"], join(other, "src"));
    expect([inner.exitCode, told(inner).outputs["coverage"]], inner.stderr).toEqual([0, "87.50"]);
  });

  it("works without a commit, and without a repository", async () => {
    const bare = temporaryFolder();
    const env = { TMPDIR: temporaryFolder() };
    edit(bare, { "src/a.js": source(2), "coverage/lcov.info": lcov({ "src/a.js": "10" }) });
    for (const prepare of [() => {}, () => git(bare, "init", "--quiet")]) {
      prepare();
      const total = await runForge(["run", "coverage-gate", "--json", "--minimum", "50"], bare, env);
      expect([total.exitCode, told(total).outputs["coverage"]], total.stdout).toEqual([0, "50.00"]);
      expect((await runForge(["run", "coverage-gate", "--minimum=50", "--minimum-patch=50"], bare, env)).exitCode).toBe(3);
    }
  });

  it("has no colours where nobody looks, with and without NO_COLOR, and never a workflow command", async () => {
    for (const env of [{ NO_COLOR: "1" }, { FORCE_COLOR: "1", TERM: "xterm-256color" }]) {
      const result = await runForge(["run", "coverage-gate", "--minimum", "99", "--token", "ghp_secret"], folder, env);
      expect(result.stdout + result.stderr).not.toMatch(/[^\P{Cc}\n\r\t]|^::/mu);
      expect(result.stdout + result.stderr).not.toContain("ghp_secret");
    }
  });

  it("does not take inputs of a surrounding workflow for its own", async () => {
    const result = await runForge(["run", "coverage-gate", "--json"], folder, { INPUT_MINIMUM: "99", INPUT_REPORTS: "none" });
    expect(result.exitCode).toBe(0);
  });
});

describe("mistakes on the command line name the nearest", () => {
  it.each<[args: readonly string[], message: RegExp]>([
    [["rnu", "coverage-gate"], /"rnu" is not a command.*Did you mean "run"/],
    [["run", "coverge-gate"], /"coverge-gate" is not an action.*Did you mean "coverage-gate"/],
    [["help", "coverage-gat"], /Did you mean "coverage-gate"/],
    [["run", "coverage-gate", "--minimun", "80"], /"--minimun".*Did you mean "--minimum"/],
    [["run", "coverage-gate", "--minimum-pach=80"], /Did you mean "--minimum-patch"/],
    [["run", "coverage-gate", "--jsno"], /Did you mean "--json"/],
    [["run", "coverage-gate", "-minimum", "80"], /"-minimum".*Did you mean "--minimum"/],
    [["run", "coverage-gate", "stray"], /"stray"/],
    [["run", "coverage-gate", "--minimum"], /--minimum needs a value/],
    [["run", "coverage-gate", "--minimum", "1", "--minimum", "2"], /--minimum was given twice/],
    [["run", "coverage-gate", "--toString", "x"], /"--toString"/],
    [["run"], /needs an action.*coverage-gate/],
    [["list", "--jsn"], /Did you mean "--json"/],
    [["--verson"], /"--verson"/],
  ])("forge %j", async (args, message) => {
    const result = await runForge(args, folder);
    expect([result.exitCode, result.stdout]).toEqual([2, ""]);
    expect(result.stderr).toMatch(message);
  });
});

describe("everything else that forge says", () => {
  it("help, list and version go to stdout and end with 0", async () => {
    const all = [[], ["--help"], ["help"], ["list"], ["--version"], ["help", "coverage-gate"], ["run", "coverage-gate", "--help"]];
    const results = await Promise.all(all.map((args) => runForge(args, folder)));
    expect(results.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(all.map(() => [0, ""]));
    for (const { stdout } of results.slice(0, 4)) expect(stdout).toContain("coverage-gate");
    expect(results[4]?.stdout).toMatch(/^forge \d+\.\d+\.\d+/);
    for (const { stdout } of results.slice(5))
      for (const flag of ["--minimum-patch", "--thresholds", "--json"]) expect(stdout).toContain(flag);
    expect(JSON.parse((await runForge(["list", "--json"], folder)).stdout)).toMatchObject([{ action: "coverage-gate" }]);
  });

  it("the demo shows a passing and a failing verdict of a real project, and leaves nothing", async () => {
    const temporary = temporaryFolder();
    const result = await runForge(["demo"], folder, { TMPDIR: temporary });
    expect(result.exitCode, result.stderr).toBe(0);
    expect(result.stdout).toMatch(/pass · coverage-gate[\s\S]*fail · coverage-gate[\s\S]*pass · coverage-gate/);
    expect(readdirSync(temporary).filter((name) => name.startsWith("forge-demo"))).toEqual([]);
  });

  it("a torn .forge.yml is named with its place, and the JSON is still JSON", async () => {
    const { folder: other } = project({ "src/a.js": "1" });
    writeFileSync(join(other, ".forge.yml"), "coverage-gate: [\n");
    const result = await runForge(["run", "coverage-gate", "--json"], other);
    expect([result.exitCode, told(result).verdict]).toEqual([2, "unknown"]);
    expect(result.stdout).toMatch(/\.forge\.yml:\d+:\d+/);
    expect(existsSync(join(other, "coverage-gate.json"))).toBe(false);
  });
});
