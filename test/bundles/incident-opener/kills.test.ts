import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import { cleanUp } from "../harness.ts";
import { minutes, rights, type World, world } from "./github.ts";

/** `FORGE_ROUNDS=100` for more of the same. */
const rounds = Number(process.env["FORGE_ROUNDS"] ?? "1");

let fake: FakeGitHub;
beforeAll(async () => {
  fake = await startFakeGitHub();
});
afterAll(async () => {
  cleanUp();
  await fake.close();
});

/** The same numbers in every run of the test. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % sides;
  };
}

/** Runs, and is killed when GitHub has got this many requests from it, or a little later. */
async function killedRun(here: World, inputs: Readonly<Record<string, string>>, requests: number, later: number): Promise<void> {
  const before = fake.requests.length;
  await here.run(inputs, {
    started: (child) => {
      const timer = setInterval(() => {
        if (fake.requests.length - before < requests) return;
        clearInterval(timer);
        setTimeout(() => child.kill("SIGKILL"), later);
      }, 1);
      child.on("exit", () => clearInterval(timer));
    },
  });
}

describe.each([
  ["branch", rights.branch],
  ["issue", rights.issue],
] as const)("%s", (_, permissions) => {
  it.each(Array.from({ length: rounds }, (__, round) => round))(
    "a life whose runs are killed at any moment ends as it should (%i)",
    async (round) => {
      const here = world(fake, permissions);
      const roll = dice(round + 7);
      const inputs = { "resolve-after": "0s", cooldown: "0s" };
      for (const verdict of ["fail", "fail", "pass", "fail", "pass"]) {
        here.pass(minutes(30));
        await killedRun(here, { ...inputs, verdict }, roll(22), roll(12));
        expect(here.open().length).toBeLessThanOrEqual(1);
      }
      here.pass(minutes(30));
      const failing = await here.run({ ...inputs, verdict: "fail" });
      expect([failing.exitCode, here.open().map(({ number }) => String(number))], failing.log).toEqual([
        0,
        [failing.outputs["incident-number"]],
      ]);
      expect(here.incidents()).toHaveLength(1);
      const over = await here.run({ ...inputs, operation: "resolve" });
      expect([over.outputs["state"], here.open().length], over.log).toEqual(["resolved", 0]);
      const texts = here.comments(here.incidents()[0]?.number ?? 0);
      expect(new Set(texts).size).toBe(texts.length);
      fake.verify();
    },
    60_000,
  );
});
