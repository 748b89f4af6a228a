import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { childEnvironment, openExec } from "../../../../packages/frame/adapters/exec.ts";
import { isUserError } from "../../../../packages/frame/errors.ts";

const exec = openExec();
const node = process.execPath;
const folder = mkdtempSync(join(tmpdir(), "forge-exec-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

test("arguments arrive as they are, and no shell reads them", async () => {
  const args = ["a b", "$(touch x)", "`id`", "*", "", "'\"", "a\nb", "--help", "%PATH%", "\u{1f600}"];
  const { exitCode, stdout } = await exec.run(node, ["-e", "console.log(JSON.stringify(process.argv.slice(1)))", "--", ...args]);
  expect(exitCode).toBe(0);
  expect(JSON.parse(text(stdout))).toEqual(args);
});

test("every byte of stdout arrives, the exit code is given and stderr is text", async () => {
  const program = "process.stdout.write(Buffer.from([...Array(256).keys()])); process.stderr.write('größer'); process.exitCode = 7";
  const { exitCode, stdout, stderr } = await exec.run(node, ["-e", program]);
  expect([exitCode, [...stdout], stderr]).toEqual([7, [...Array(256).keys()], "größer"]);
});

test("input is given, and without input there is none to wait for", async () => {
  const echo = "process.stdin.pipe(process.stdout)";
  expect(text((await exec.run(node, ["-e", echo], { input: "héllo" })).stdout)).toBe("héllo");
  expect((await exec.run(node, ["-e", echo])).stdout).toHaveLength(0);
  expect((await exec.run(node, ["-e", "process.stdin.destroy()"], { input: "x".repeat(1_000_000) })).exitCode).toBe(0);
});

test("output in pieces is not kept, and what its taker throws ends the program", async () => {
  let size = 0;
  const endless = "const b = Buffer.alloc(65536); const go = () => process.stdout.write(b, go); go()";
  const thrown = new Error("enough");
  const running = exec.run(node, ["-e", endless], {
    output(piece) {
      size += piece.length;
      if (size > 50_000_000) throw thrown;
    },
  });
  await expect(running).rejects.toBe(thrown);
  const result = await exec.run(node, ["-e", "process.stdout.write('x'.repeat(200000))"], {
    output(piece) {
      size = piece.length;
    },
  });
  expect(result.stdout).toHaveLength(0);
});

test("a timeout ends the program and what it has started", async () => {
  const file = join(folder, "pid");
  const parent = `const { spawn } = require("node:child_process"); const c = spawn(process.execPath, ["-e", "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"]); require("node:fs").writeFileSync(${JSON.stringify(file)}, String(c.pid)); setInterval(() => {}, 1000)`;
  const running = exec.run(node, ["-e", parent], { timeout: 2_000 });
  await expect(running).rejects.toSatisfy(
    (error) => isUserError(error) && error.exitCode === 3 && error.message.includes("did not end within 2 s"),
  );
  const grandchild = Number(readFileSync(file, "utf8"));
  expect(grandchild).toBeGreaterThan(1);
  // The kernel ends a killed process when its turn comes; one that was left alone would never end.
  await expect.poll(() => isRunning(grandchild), { timeout: 20_000 }).toBe(false);
});

/** A killed process may wait as a zombie for whoever inherits it. */
function isRunning(pid: number): boolean {
  const status = `/proc/${pid}/stat`;
  if (existsSync("/proc/self/stat")) return existsSync(status) && !/\) [ZX] /.test(readFileSync(status, "utf8"));
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test.skipIf(process.platform === "win32")("death by signal is 128 and its number", async () => {
  expect((await exec.run(node, ["-e", "process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000)"])).exitCode).toBe(137);
});

test.each([
  ["a program that is not there", "forge-no-such-program", undefined, "was not found"],
  ["a folder that is not there", node, "/no/such/folder", "The folder /no/such/folder"],
  ["a NUL byte in an argument", node, undefined, "could not be started"],
])("%s is the user's to mend", async (what, command, cwd, message) => {
  const args = what.startsWith("a NUL") ? ["a\0b"] : [];
  await expect(exec.run(command, args, cwd === undefined ? {} : { cwd })).rejects.toSatisfy(
    (error) => isUserError(error) && error.exitCode === 2 && error.message.includes(message),
  );
});

test("children get the environment without inputs, state and tokens of the runner", () => {
  const own = {
    PATH: "/bin",
    HOME: "/root",
    INPUT_TOKEN: "s",
    "INPUT_WORKING-DIRECTORY": ".",
    input_lower: "s",
    STATE_X: "s",
    ACTIONS_RUNTIME_TOKEN: "s",
    ACTIONS_RUNTIME_URL: "s",
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "s",
    ACTIONS_ID_TOKEN_REQUEST_URL: "s",
    ACTIONS_RESULTS_URL: "s",
    ACTIONS_CACHE_URL: "s",
    ACTIONS_STEP_DEBUG: "true",
    GONE: "1",
  };
  expect(childEnvironment(own, { EXTRA: "1", GONE: undefined, HOME: "/other" })).toEqual({
    PATH: "/bin",
    HOME: "/other",
    ACTIONS_STEP_DEBUG: "true",
    EXTRA: "1",
  });
});

test("what is given is laid over the process's own environment", async () => {
  process.env.INPUT_FORGE_TEST = "secret";
  process.env.FORGE_TEST_GONE = "1";
  try {
    const program =
      "console.log(JSON.stringify([process.env.INPUT_FORGE_TEST, process.env.FORGE_TEST_GONE, process.env.FORGE_TEST_GIVEN, typeof process.env.PATH]))";
    const { stdout } = await exec.run(node, ["-e", program], { env: { FORGE_TEST_GIVEN: "2", FORGE_TEST_GONE: undefined } });
    expect(JSON.parse(text(stdout))).toEqual([null, null, "2", "string"]);
  } finally {
    delete process.env.INPUT_FORGE_TEST;
    delete process.env.FORGE_TEST_GONE;
  }
});

test.skipIf(process.platform === "win32")("something left behind that holds stdout open is not waited for", async () => {
  const parent = `require("node:child_process").spawn(process.execPath, ["-e", "setTimeout(() => {}, 5000)"], { detached: true, stdio: "inherit" }).unref(); console.log("done")`;
  const { exitCode, stdout } = await exec.run(node, ["-e", parent]);
  expect([exitCode, text(stdout)]).toEqual([0, "done\n"]);
});
