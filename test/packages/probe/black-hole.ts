/** An address whose connections never come about: it listens, but its queue is full, so that the kernel drops every further SYN. */
import { type ChildProcess, spawn } from "node:child_process";
import { connect } from "node:net";

const script = `
const server = require("node:net").createServer();
server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
  require("node:fs").writeSync(1, String(server.address().port) + "\\n");
  // Nothing is accepted as long as this thread sleeps.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
`;

export interface BlackHole {
  readonly port: number;
  close(): void;
}

export async function openBlackHole(): Promise<BlackHole> {
  const child: ChildProcess = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "ignore"] });
  const port = await new Promise<number>((resolve) => child.stdout?.once("data", (text: Buffer) => resolve(Number(String(text)))));
  const fillers = Array.from({ length: 8 }, () => connect(port, "127.0.0.1").on("error", () => {}));
  await new Promise<void>((resolve) => fillers[0]?.once("connect", resolve));
  return {
    port,
    close: () => {
      for (const filler of fillers) filler.destroy();
      child.kill("SIGKILL");
    },
  };
}
