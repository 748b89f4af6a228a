import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { fingerprintOf } from "../../../packages/ledger/fingerprint.ts";
import { renderLease } from "../../../packages/ledger/lock.ts";
import { cleanUp } from "../harness.ts";
import { bad } from "./taught.ts";
import { rail, states, told } from "./world.ts";

afterAll(cleanUp);

describe("the way back", () => {
  it("learns on day one, rolls back once, and a second run changes nothing", async () => {
    const here = await bad();
    const first = await here.run({ verdict: "fail", deployment: "d2" });
    expect(told(first)).toBe("0 pass rolled-back 1.1.0→1.0.0");
    expect(first.outputs["verified"]).toBe("true");
    expect(first.outputs["plan-hash"]).toMatch(/^[0-9a-f]{64}$/);
    expect(states(here.book().attempts[0])).toEqual(["planned", "locked", "executing", "verifying", "pinned"]);
    expect(here.book().pin).toMatchObject({ release: "1.0.0", from: "1.1.0" });
    expect(here.book().bad.map(({ release }) => release)).toEqual(["1.1.0"]);
    const second = await here.run({ verdict: "fail", deployment: "d2" });
    expect(told(second)).toBe("0 pass already-rolled-back 1.1.0→1.0.0");
    expect(here.changes()).toEqual(["1.0.0"]);
    expect(first.summary).toContain("Timeline");
  });

  it("refuses a second automatic rollback within the window, and goes to the newest good one after it", async () => {
    const here = await bad();
    await here.run({ verdict: "fail", deployment: "d2" });
    here.deploy("1.2.0");
    const refused = await here.run({ verdict: "fail", deployment: "d3" });
    expect(told(refused)).toBe("1 fail refused window 1.2.0→1.0.0");
    expect(told(await here.run({ verdict: "fail", deployment: "d3", window: "0s" }))).toBe("0 pass rolled-back 1.2.0→1.0.0");
    expect(here.changes()).toEqual(["1.0.0", "1.0.0"]);
  });

  it("never rolls back from a rollback", async () => {
    const here = await bad();
    await here.run({ operation: "mark-good", to: "0.9.0" });
    await here.run({ operation: "mark-good", to: "1.0.0" });
    await here.run({ verdict: "fail", deployment: "d2" });
    const again = await here.run({ verdict: "fail", deployment: "d3", window: "0s" });
    expect(told(again)).toContain("1 fail refused is-rollback");
    expect(rail(again, "is-rollback")).toBe(false);
    expect(here.changes()).toEqual(["1.0.0"]);
  });

  it("of two at once, one rolls back", async () => {
    const here = await bad();
    const runs = await Promise.all([1, 2, 3].map(() => here.run({ verdict: "fail", deployment: "d2" })));
    expect(runs.map(({ outputs }) => outputs["decision"]).sort()).toEqual(["already-rolled-back", "already-rolled-back", "rolled-back"]);
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(here.changes()).toEqual(["1.0.0"]);
  });
});

it("says what it waits for, and goes on when a dead run's lease is over", async () => {
  const here = await bad();
  const key = await fingerprintOf(["octo/app", "rollback", "production"]);
  const lease = { owner: "01234567-89ab", until: Date.now() + 1_500 };
  mkdirSync(join(here.folder, ".forge", "locks"), { recursive: true });
  writeFileSync(join(here.folder, ".forge", "locks", `rollback-${key}.lock`), renderLease(lease));
  const run = await here.run({ verdict: "fail", deployment: "d2" });
  expect(told(run)).toBe("0 pass rolled-back 1.1.0→1.0.0");
  expect(run.log).toContain("Another run works on production");
});

describe("rails", () => {
  it.each([
    ["verdict-unknown", { verdict: "unknown" }],
    ["not-caused", { verdict: "fail", "verdict-before": "fail" }],
    ["not-caused", { verdict: "fail", "verdict-before": "unknown" }],
    ["kill-switch", { verdict: "fail", "kill-switch": "TRUE" }],
    ["too-old", { verdict: "fail", "max-age": "0s" }],
    ["no-verified-good", { verdict: "fail", to: "0.1.0" }],
    ["target-is-current", { verdict: "fail", to: "1.1.0" }],
  ])("%s", async (reason, inputs) => {
    const here = await bad();
    const run = await here.run({ deployment: "d2", ...inputs });
    expect([run.exitCode, run.outputs["verdict"], run.outputs["decision"], run.outputs["reason"]]).toEqual([1, "fail", "refused", reason]);
    expect(here.changes()).toEqual([]);
    expect(here.book().attempts).toEqual([]);
  });

  it("needs the artifact", async () => {
    const here = await bad();
    await here.run({ operation: "mark-good", to: "gone-1" });
    expect(told(await here.run({ verdict: "fail", deployment: "d2" }))).toContain("refused artifact-missing");
    expect(here.changes()).toEqual([]);
  });

  it("never goes to what is known to be bad, and needs a good one", async () => {
    const here = await bad();
    await here.run({ operation: "mark-bad", to: "1.0.0" });
    expect(told(await here.run({ verdict: "fail", deployment: "d2" }))).toContain("refused no-verified-good");
  });

  it("a dry run makes the same plan and writes nothing", async () => {
    const here = await bad();
    const before = JSON.stringify(here.book());
    const files = readdirSync(here.folder, { recursive: true }).sort();
    const dry = await here.run({ verdict: "fail", deployment: "d2", "dry-run": "true" });
    expect(told(dry)).toBe("0 neutral planned 1.1.0→1.0.0");
    expect(JSON.stringify(here.book())).toBe(before);
    expect(readdirSync(here.folder, { recursive: true }).sort()).toEqual(files);
    const wet = await here.run({ verdict: "fail", deployment: "d2" });
    expect(wet.outputs["plan-hash"]).toBe(dry.outputs["plan-hash"]);
    expect(wet.report?.data["plan"]).toEqual(dry.report?.data["plan"]);
  });

  it("halts where what it went back to is not well, writes no more, and a person commits or reverts", async () => {
    const here = await bad();
    const server = createServer((_, response) => response.writeHead(500).end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const verify = JSON.stringify([{ name: "home", url, attempts: 1 }]);
    const halted = await here.run({ verdict: "fail", deployment: "d2", verify, "allow-private": "true" });
    expect(told(halted)).toBe("1 fail halted verify-failed 1.1.0→1.0.0");
    expect(halted.outputs["verified"]).toBe("false");
    expect(told(await here.run({ verdict: "fail", deployment: "d2" }))).toContain("1 fail halted verify-failed");
    expect(here.changes()).toEqual(["1.0.0"]);
    expect(told(await here.run({ operation: "revert" }))).toBe("0 pass rolled-back 1.0.0→1.1.0");
    expect(here.changes()).toEqual(["1.0.0", "1.1.0"]);
    expect(here.book().pin).toBeNull();
    expect(here.book().bad).toEqual([]);
  });

  it("pins until somebody commits", async () => {
    const here = await bad();
    await here.run({ verdict: "fail", deployment: "d2" });
    expect((await here.run({ operation: "commit" })).exitCode).toBe(0);
    expect(here.book().pin).toBeNull();
    expect(here.book().attempts[0]?.state).toBe("committed");
    expect(told(await here.run({ operation: "commit" }))).toContain("nothing-to-do");
  });
});

describe("the ledger", () => {
  it("damaged means no effect, and is not rebuilt", async () => {
    const here = await bad();
    const path = join(here.folder, ".forge", "ledger", "releases", "production", "default.json");
    writeFileSync(path, "{");
    const run = await here.run({ verdict: "fail", deployment: "d2" });
    expect([run.exitCode, run.outputs["verdict"]]).toEqual([3, "unknown"]);
    expect(readFileSync(path, "utf8")).toBe("{");
    expect((await here.run({ verdict: "pass" })).exitCode).toBe(3);
    expect(here.changes()).toEqual([]);
  });
});
