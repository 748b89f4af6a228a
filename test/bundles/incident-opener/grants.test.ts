import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import { cleanUp } from "../harness.ts";
import { minutes, rights, type World, world } from "./github.ts";

let fake: FakeGitHub;
beforeAll(async () => {
  fake = await startFakeGitHub();
});
afterAll(async () => {
  cleanUp();
  await fake.close();
});

/** `ghs_job` may write contents and issues, `ghs_less` issues only. */
function mixed(options: { private?: boolean }): World {
  const here = world(fake, rights.branch, options);
  fake.state.addActionsToken("ghs_less", here.repository, rights.issue);
  return here;
}

describe.each([
  ["public", {}],
  ["private", { private: true }],
] as const)("jobs with different grants in a %s repository", (_, options) => {
  it.each([
    ["with, then without", ["ghs_job", "ghs_less", "ghs_job"]],
    ["without, then with", ["ghs_less", "ghs_job", "ghs_less"]],
  ] as const)(
    "`contents: write`: %s, is one incident",
    async (__, tokens) => {
      const here = mixed(options);
      for (const token of tokens) {
        const run = await here.run({ verdict: "fail", token });
        expect(run.exitCode, run.log).toBe(0);
        expect(run.outputs["incident-number"], run.log).toBe(String(here.incidents()[0]?.number));
        here.pass(minutes(5));
      }
      expect(here.incidents()).toHaveLength(1);
      for (const token of tokens) {
        expect((await here.run({ verdict: "pass", token, "resolve-after": "0s" })).exitCode).toBe(0);
        here.pass(minutes(5));
      }
      expect([here.incidents().length, here.open().length]).toEqual([1, 0]);
      fake.verify();
    },
    60_000,
  );
});
