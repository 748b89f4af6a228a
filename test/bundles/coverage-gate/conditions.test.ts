import type { ChildProcess } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { pushed } from "../events.ts";
import { cleanUp, runBundle, temporaryFolder } from "../harness.ts";
import { edit } from "../pull-request.ts";
import { ended, gate, lcov, project, share } from "./gate.ts";

afterAll(cleanUp);

describe("a runner that is not as it should be", () => {
  it("a full disk under the summary is a warning, and the verdict stands", async () => {
    if (!existsSync("/dev/full")) return;
    const { folder } = project({ "src/a.js": "1000" });
    const run = await gate(folder, {}, { env: { GITHUB_STEP_SUMMARY: "/dev/full" } });
    expect(ended(run), run.log).toEqual([1, "fail"]);
    expect(run.commands.find(({ name }) => name === "warning")?.message).toMatch(/job summary could not be written/);
  });

  it("a summary that cannot be reached, or none at all", async () => {
    const { folder } = project({ "src/a.js": "1111" });
    for (const GITHUB_STEP_SUMMARY of [join(folder, "no", "such", "folder", "summary"), "", undefined]) {
      const run = await gate(folder, {}, { env: { GITHUB_STEP_SUMMARY } });
      expect(ended(run), run.log).toEqual([0, "pass"]);
    }
  });

  it("a workspace that cannot be written is enough for a verdict", async () => {
    const { folder, commit } = project({ "src/a.js": "1111" });
    writeFileSync(join(folder, "file"), "");
    const plain = await gate(folder, {}, pushed(commit));
    expect(plain.exitCode).toBe(0);
    // Below a file nothing can be written, whoever asks.
    const inputs = { baseline: "file/baseline.json" };
    const run = await gate(folder, inputs, pushed(commit));
    expect(ended(run), run.log).toEqual([0, "pass"]);
    expect(run.log).toMatch(/No baseline saved: .*file\/baseline\.json/);
    expect((await gate(folder, { badge: "file/x.svg" }, pushed(commit))).exitCode).toBe(2);
  });

  it.skipIf(process.getuid?.() === 0)("a workspace without the right to write", async () => {
    const { folder, commit } = project({ "src/a.js": "1111" });
    chmodSync(folder, 0o555);
    const run = await gate(folder, { baseline: "baseline.json" }, pushed(commit));
    chmodSync(folder, 0o755);
    expect(ended(run), run.log).toEqual([0, "pass"]);
  });

  it("no payload, no variables of GitHub but the files for its answers", async () => {
    const { folder } = project({ "src/a.js": "1111" });
    const nothing = ["EVENT_NAME", "EVENT_PATH", "REPOSITORY", "REF", "SERVER_URL", "API_URL", "RUN_ID", "RUN_ATTEMPT", "JOB"];
    const run = await gate(
      folder,
      {},
      { env: { ...Object.fromEntries(nothing.map((name) => [`GITHUB_${name}`, undefined])), RUNNER_TEMP: undefined } },
    );
    expect(ended(run), run.log).toEqual([0, "pass"]);
  });

  it("a payload that is not JSON is named", async () => {
    const { folder } = project({ "src/a.js": "1111" });
    edit(folder, { "coverage/event.json": '{"number": 7' });
    const run = await runBundle("coverage-gate", { workspace: folder, env: { GITHUB_EVENT_PATH: join(folder, "coverage", "event.json") } });
    expect(run.exitCode).toBe(2);
    expect(run.log).toMatch(/GITHUB_EVENT_PATH.*not JSON/);
  });

  it("colours are never in a runner's log", async () => {
    const { folder } = project({ "src/a.js": "1000" });
    const run = await gate(folder, {}, { env: { FORCE_COLOR: "1", TERM: "xterm-256color" } });
    expect(run.stdout + run.stderr).not.toContain("\u001b");
  });
});

describe.skipIf(process.platform !== "linux")("cancelled in the middle of a big report", () => {
  /** Sends the signal once the process has the report open. */
  function whenReading(path: string, signal: NodeJS.Signals): (child: ChildProcess) => void {
    return (child) => {
      const fds = `/proc/${child.pid}/fd`;
      const look = (): void => {
        if (child.exitCode !== null) return;
        if (isOpen(fds, path)) child.kill(signal);
        else setImmediate(look);
      };
      look();
    };
  }

  function isOpen(fds: string, path: string): boolean {
    try {
      return readdirSync(fds).some((fd) => readlinkSync(join(fds, fd)) === path);
    } catch {
      return false;
    }
  }

  const big = lcov({ "src/a.js": share(1_000, 1_000) }).repeat(8_000);

  it.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
  ] as const)("%s ends it as %i: no verdict, no output, no baseline, nothing half written", async (signal, code) => {
    const { folder, commit } = project({ "src/a.js": "11" });
    const report = join(folder, "coverage", "lcov.info");
    writeFileSync(report, big);
    mkdirSync(join(folder, "kept"));
    const temp = temporaryFolder();
    const inputs = { baseline: "kept/baseline.json", badge: "kept/x.svg", ratchet: "kept/ratchet.json" };
    const run = await gate(folder, inputs, { ...pushed(commit), temp, started: whenReading(report, signal) });
    expect([run.exitCode, run.signal], run.log).toEqual([code, null]);
    expect(run.log).toContain("cancelled");
    expect([run.outputs, run.summary]).toEqual([{}, ""]);
    expect([readdirSync(join(folder, "kept")), existsSync(join(temp, "forge-reports"))]).toEqual([[], false]);
    expect(readFileSync(join(temp, "event.json"), "utf8")).toContain(commit);
  });
});
