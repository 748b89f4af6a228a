import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../harness.ts";
import { writeFiles } from "../repository.ts";
import { ended, fresh, scan, told } from "./arrange.ts";

const files = 100;
const linesOfFile = 1_000;

function folderOf(line: () => string): string {
  const folder = temporaryFolder();
  for (let file = 0; file < files; file++)
    writeFiles(folder, { [`file-${file}.txt`]: `${Array.from({ length: linesOfFile }, line).join("\n")}\n` });
  return folder;
}

/** Asks the kernel for the peak of a process in kilobytes, until it ends. */
function watchPeak(): { started: (child: ChildProcess) => void; peak: () => number } {
  let peak = 0;
  const started = (child: ChildProcess): void => {
    const timer = setInterval(() => {
      try {
        peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1] ?? 0));
      } catch {
        // It has just ended.
      }
    }, 10);
    child.on("close", () => clearInterval(timer));
  };
  return { started, peak: () => peak };
}

describe("a hundred thousand findings", () => {
  it("are all in the JSON file, within SARIF's limit in the other, and take little more memory than none", {
    timeout: 120_000,
  }, async () => {
    const secrets: string[] = [];
    const many = folderOf(() => {
      const secret = fresh();
      secrets.push(secret);
      return secret;
    });
    const none = folderOf(() => "x".repeat(40));
    const watches = [watchPeak(), watchPeak()] as const;
    const inputs = { scope: "worktree", workers: "2" };
    const clean = await scan(none, inputs, { started: watches[0].started });
    const run = await scan(many, { ...inputs, json: "all.json", sarif: "all.sarif" }, { started: watches[1].started });
    expect([ended(clean), ended(run)]).toEqual([
      [0, "pass"],
      [1, "fail"],
    ]);

    const count = files * linesOfFile;
    const texts = ["all.json", "all.sarif"].map((name) => readFileSync(join(many, name), "utf8"));
    const json = JSON.parse(texts[0] ?? "") as { counts: object; findings: { path: string; line: number }[] };
    expect(json.counts).toEqual({ findings: count, new: count, baseline: 0, suppressed: 0 });
    expect(json.findings).toHaveLength(count);
    expect(json.findings.slice(0, 2)).toMatchObject([
      { path: "file-0.txt", line: 1 },
      { path: "file-0.txt", line: 2 },
    ]);
    const sarif = JSON.parse(texts[1] ?? "") as { runs: { results: unknown[] }[] };
    expect(sarif.runs[0]?.results).toHaveLength(25_000);
    expect(told(run)).toHaveLength(10_000);
    const everything = [...texts, JSON.stringify(run.report), run.log, run.summary].join("\n");
    expect(secrets.filter((_, index) => index % 500 === 0).filter((secret) => everything.includes(secret))).toEqual([]);

    const [before, after] = watches.map(({ peak }) => peak() / 1_024) as [number, number];
    // Nothing to ask on other systems. Code that runs for the first time and the report of 10,000 findings are part of the difference.
    if (before > 0) expect(after - before).toBeLessThan(70);
  });
});
