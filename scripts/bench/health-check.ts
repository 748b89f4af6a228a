import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPackages } from "../install/npm-packages.ts";
import type { Row } from "./coverage-gate.ts";
import { measureInterleaved, type Program } from "./whole-process.ts";

const bundle = join(import.meta.dirname, "..", "..", "dist", "health-check", "index.js");
const peer = "wait-on@8.0.4";

/** A server of its own process, so that answering does not slow the asking down. */
const server = `
import { createServer } from "node:http";
const server = createServer((request, response) => setTimeout(() => response.end("ok"), Number(request.url.split("/")[1])));
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;

async function startServer(folder: string): Promise<{ port: number; stop(): void }> {
  const file = join(folder, "server.mjs");
  writeFileSync(file, server);
  const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"] });
  const port = await new Promise<number>((resolve) => child.stdout.once("data", (text: Buffer) => resolve(Number(String(text)))));
  return { port, stop: () => void child.kill() };
}

function ours(folder: string, name: string, addresses: readonly string[]): Program {
  for (const file of ["output", "summary"]) writeFileSync(join(folder, file), "");
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(addresses.map((url, index) => ({ name: `t${index}`, url }))));
  return {
    command: process.execPath,
    args: [bundle],
    cwd: folder,
    env: {
      INPUT_TARGETS: `${name}.json`,
      "INPUT_ALLOW-PRIVATE": "true",
      INPUT_BASELINE: "none",
      GITHUB_ACTIONS: "true",
      GITHUB_WORKSPACE: folder,
      GITHUB_OUTPUT: join(folder, "output"),
      GITHUB_STEP_SUMMARY: join(folder, "summary"),
      GITHUB_EVENT_NAME: "workflow_dispatch",
    },
  };
}

/** 50 targets that take 200 ms each, and 1,000 quick ones, against wait-on. */
export async function* benchHealthCheck(runs: number): AsyncGenerator<Row> {
  const from = await installPackages("bench-health-check", [peer], join("node_modules", "wait-on", "bin", "wait-on"));
  const waitOn = join(from, "node_modules", "wait-on", "bin", "wait-on");
  const folder = mkdtempSync(join(tmpdir(), "forge-bench-"));
  const { port, stop } = await startServer(folder);
  const addresses = (count: number, delay: number) =>
    Array.from({ length: count }, (_, index) => `http://127.0.0.1:${port}/${delay}/${index}`);
  const theirs = (list: readonly string[]): Program => ({
    command: process.execPath,
    args: [waitOn, "-t", "30000", ...list.map((url) => url.replace("http://", "http-get://"))],
    cwd: folder,
  });
  try {
    const slow = addresses(50, 200);
    const many = addresses(1_000, 0);
    const few = await measureInterleaved({ ours: ours(folder, "slow", slow), peer: theirs(slow) }, { runs });
    yield { what: "50 targets of 200 ms", ours: few.ours, peer: few.peer, peerName: "wait-on", promise: "at most 400 ms" };
    const all = await measureInterleaved({ ours: ours(folder, "many", many), peer: theirs(many) }, { runs });
    yield { what: "1,000 targets", ours: all.ours, peer: all.peer, peerName: "wait-on", promise: "at most 5 s, less memory" };
  } finally {
    stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
