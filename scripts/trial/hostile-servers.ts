/**
 * What servers that send without end cost the health check, whole process: `node scripts/trial/hostile-servers.ts [runs]`, after a build.
 * Each row is 40 targets of one kind, its peak memory compared with 40 targets that answer "ok".
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measureInterleaved, type Program } from "../bench/whole-process.ts";

const bundle = join(import.meta.dirname, "..", "..", "dist", "health-check", "index.js");
const count = 40;
const runs = Number(process.argv[2] ?? 3);

/** A server of its own process: each path misbehaves in its own way. */
const server = `
import { createServer } from "node:net";
import { gzipSync, brotliCompressSync } from "node:zlib";
const head = (more) => "HTTP/1.1 200 OK\\r\\n" + more + "\\r\\n";
const pour = (socket, piece) => {
  const more = () => { while (!socket.destroyed && socket.write(piece)); };
  socket.on("drain", more);
  more();
};
const drip = (socket, piece) => {
  const timer = setInterval(() => socket.write(piece), 10);
  socket.on("close", () => clearInterval(timer));
};
const piece = Buffer.alloc(65536, "a");
const chunk = Buffer.concat([Buffer.from("10000\\r\\n"), piece, Buffer.from("\\r\\n")]);
const tiny = Buffer.from("1\\r\\na\\r\\n".repeat(10000));
const bomb = gzipSync(Buffer.alloc(1024 ** 3 / 4));
const brotli = brotliCompressSync(Buffer.alloc(1024 ** 3 / 4));
const kinds = {
  ok: (socket) => socket.end(head("content-length: 2\\r\\n") + "ok"),
  endless: (socket) => { socket.write(head("")); pour(socket, piece); },
  chunked: (socket) => { socket.write(head("transfer-encoding: chunked\\r\\n")); pour(socket, chunk); },
  tinychunks: (socket) => { socket.write(head("transfer-encoding: chunked\\r\\n")); pour(socket, tiny); },
  extension: (socket) => { socket.write(head("transfer-encoding: chunked\\r\\n") + "1;"); pour(socket, piece); },
  drip: (socket) => { socket.write(head("")); drip(socket, "a"); },
  stall: (socket) => { socket.write(head("content-length: 9000000\\r\\n")); for (let i = 0; i < 100; i++) socket.write(piece); },
  header: (socket) => { socket.write("HTTP/1.1 200 OK\\r\\nX-Long: "); pour(socket, piece); },
  headers: (socket) => { socket.write("HTTP/1.1 200 OK\\r\\n"); pour(socket, Buffer.from("a: b\\r\\n".repeat(10000))); },
  bigheader: (socket) => { socket.end(head("x: " + "a".repeat(60000) + "\\r\\n") + "ok"); },
  bomb: (socket) => { socket.write(head("content-encoding: gzip\\r\\n")); socket.end(bomb); },
  brotli: (socket) => { socket.write(head("content-encoding: br\\r\\n")); socket.end(brotli); },
  json: (socket) => { socket.end(head("") + '{"status":"UP","list":[' + "[],".repeat(3_000_000) + "[]]}"); },
  text: (socket) => { socket.end(head("") + '{"status":"UP","text":"é' + "x".repeat(9_500_000) + '"}'); },
  continues: (socket) => { pour(socket, Buffer.from("HTTP/1.1 100 Continue\\r\\n\\r\\n".repeat(2000))); },
};
createServer((socket) => {
  socket.on("error", () => {});
  socket.once("data", (text) => (kinds[String(text).split("/")[1].split(/[ ?]/)[0]] ?? kinds.ok)(socket));
}).listen(0, "127.0.0.1", function () { console.log(this.address().port); });
`;

const folder = mkdtempSync(join(tmpdir(), "forge-hostile-"));
writeFileSync(join(folder, "server.mjs"), server);
const child = spawn(process.execPath, [join(folder, "server.mjs")], { stdio: ["ignore", "pipe", "inherit"] });
const port = await new Promise<number>((resolve) => child.stdout.once("data", (text: Buffer) => resolve(Number(String(text)))));

function program(kind: string, kept: boolean): Program {
  const name = `${kind}-${kept}.json`;
  const conditions = kept ? { conditions: ["[BODY].status == UP"] } : {};
  const targets = Array.from({ length: count }, (_, index) => ({
    name: `t${index}`,
    url: `http://127.0.0.1:${port}/${kind}?${index}`,
    ...conditions,
  }));
  writeFileSync(join(folder, name), JSON.stringify(targets));
  for (const file of ["output", "summary"]) writeFileSync(join(folder, file), "");
  return {
    command: process.execPath,
    args: [bundle],
    cwd: folder,
    env: {
      INPUT_TARGETS: name,
      INPUT_TIMEOUT: "2s",
      INPUT_ATTEMPTS: "1",
      INPUT_ENFORCE: "false",
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

const kinds = [
  "endless",
  "chunked",
  "tinychunks",
  "extension",
  "drip",
  "stall",
  "header",
  "headers",
  "bigheader",
  "bomb",
  "brotli",
  "json",
  "text",
  "continues",
];
try {
  const programs = Object.fromEntries(
    ["ok", ...(process.argv[3]?.split(",") ?? kinds)].flatMap((kind) =>
      [false, true].map((kept) => [`${kind}${kept ? " with a condition on the body" : ""}`, program(kind, kept)] as const),
    ),
  );
  const costs = await measureInterleaved(programs, { runs, warmUp: 0 });
  const idle = costs.ok?.maxRssBytes ?? 0;
  for (const [name, { wall, maxRssBytes = 0 }] of Object.entries(costs)) {
    const mebibytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
    process.stdout.write(`${name}: ${mebibytes(maxRssBytes)} (+${mebibytes(maxRssBytes - idle)}), ${wall.median.toFixed(0)} ms\n`);
  }
} finally {
  child.kill();
  rmSync(folder, { recursive: true, force: true });
}
