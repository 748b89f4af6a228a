import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Target } from "./targets.ts";

const dist = join(import.meta.dirname, "..", "..", "dist");

/** A service whose release is what `release.txt` says: `bad` answers with 500. It reads it anew for each request, as a rollout that takes no time. */
const service = `
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
const server = createServer((_, response) => response.writeHead(readFileSync("release.txt", "utf8") === "bad" ? 500 : 200).end());
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;

async function startService(folder: string): Promise<{ url: string; child: ChildProcess }> {
  writeFileSync(join(folder, "release.txt"), "good");
  writeFileSync(join(folder, "service.mjs"), service);
  const child = spawn(process.execPath, ["service.mjs"], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  const port = await new Promise<string>((resolve) => child.stdout.once("data", (text: Buffer) => resolve(String(text).trim())));
  return { url: `http://127.0.0.1:${port}/`, child };
}

/** Runs a bundle as the runner would; gives its outputs. */
async function step(folder: string, action: string, inputs: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> {
  const output = join(folder, `output-${performance.now()}`);
  writeFileSync(output, "");
  writeFileSync(`${output}.md`, "");
  const variables = Object.entries({ ...inputs, id: `step-${Math.round(performance.now())}` }).map(
    ([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const,
  );
  const runner = { GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: folder, GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: `${output}.md` };
  const env = {
    PATH: process.env["PATH"],
    GITHUB_EVENT_NAME: "workflow_dispatch",
    RUNNER_TEMP: folder,
    ...runner,
    ...Object.fromEntries(variables),
  };
  const child = spawn(process.execPath, [join(dist, action, "index.js")], { cwd: folder, env, stdio: "ignore" });
  await new Promise((resolve) => child.once("close", resolve));
  const lines = readFileSync(output, "utf8").matchAll(/^([a-z-]+)<<(\S+)\r?\n([\s\S]*?)\r?\n\2$/gm);
  return Object.fromEntries([...lines].map(([, name = "", , value = ""]) => [name, value]));
}

function rollbackInputs(url: string, verdict: string, deployment: string): Readonly<Record<string, string>> {
  const settings = {
    current: [process.execPath, "-p", "fs.readFileSync('release.txt', 'utf8')"],
    execute: [
      process.execPath,
      "-e",
      "fs.writeFileSync('changed.txt', String(Date.now())); fs.writeFileSync('release.txt', process.argv[1])",
      "{to}",
    ],
  };
  const verify = JSON.stringify([{ name: "service", url }]);
  return { verdict, deployment, provider: "command", settings: JSON.stringify(settings), verify, backend: "file", "allow-private": "true" };
}

/** A deployment that fails, is seen to fail, is rolled back and verified: health-check and auto-rollback as the steps of one job. */
export async function* benchRecovery(): AsyncGenerator<Target> {
  const folder = mkdtempSync(join(tmpdir(), "forge-bench-"));
  const { url, child } = await startService(folder);
  try {
    const check = { url, "allow-private": "true", baseline: "none" };
    await step(folder, "auto-rollback", rollbackInputs(url, (await step(folder, "health-check", check))["verdict"] ?? "", "1"));
    writeFileSync(join(folder, "release.txt"), "bad");
    const failed = Date.now();
    const seen = await step(folder, "health-check", check);
    const decided = Date.now();
    const back = await step(folder, "auto-rollback", rollbackInputs(url, seen["verdict"] ?? "", "2"));
    const answer = await fetch(url);
    const recovered = Date.now();
    const changed = existsSync(join(folder, "changed.txt")) ? Number(readFileSync(join(folder, "changed.txt"), "utf8")) : Number.NaN;
    const whole = `${back["decision"] ?? "no decision"}, verified: ${back["verified"] ?? ""}, the service answers ${answer.status}`;
    yield {
      what: "auto-rollback: from the verdict (all rails, file ledger) to the mutation",
      measured: `${changed - decided} ms; health-check said ${seen["verdict"] ?? "nothing"}`,
      target: "at most 5 s",
    };
    yield {
      what: "recovery: a bad deployment, seen, rolled back and verified",
      measured: `${((recovered - failed) / 1000).toFixed(1)} s: ${decided - failed} ms until it was seen, then ${whole}`,
      target: "under 5 minutes",
    };
  } finally {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}
