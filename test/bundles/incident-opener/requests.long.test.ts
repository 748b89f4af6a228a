import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import { cleanUp } from "../harness.ts";
import { minutes, rights, world } from "./github.ts";

let fake: FakeGitHub;
beforeAll(async () => {
  fake = await startFakeGitHub();
});
afterAll(async () => {
  cleanUp();
  await fake.close();
});

const silence = { silences: '- {name: night, from: "00:00", to: "24:00"}' };

/** Whatever comes first changes the incident; what comes again then changes nothing. */
const steps: readonly Readonly<Record<string, string>>[] = [
  { verdict: "pass" },
  { verdict: "unknown" },
  { verdict: "fail" },
  { verdict: "fail" },
  { operation: "update", summary: "known" },
  { operation: "update", summary: "known" },
  { verdict: "fail", ...silence },
  { verdict: "pass" },
  { verdict: "pass" },
  { verdict: "pass" },
  { verdict: "pass" },
  { operation: "resolve" },
];

describe.each([
  ["branch", rights.branch],
  ["issue", rights.issue],
] as const)("%s", (_, permissions) => {
  it("asks at most twelve times when nothing changes, though strangers shout /ack", async () => {
    const here = world(fake, permissions);
    let quiet = 0;
    for (const inputs of steps) {
      here.pass(minutes(6));
      const before = fake.requests.length;
      const body = here.incidents()[0]?.body;
      const run = await here.run(inputs);
      const same = run.outputs["changed"] === "false" && body === here.incidents()[0]?.body;
      if (same) quiet += 1;
      if (same) expect(fake.requests.length - before, JSON.stringify(inputs)).toBeLessThanOrEqual(12);
      if (inputs["verdict"] !== "fail") continue;
      for (const author of ["a", "b", "c", "d", "e"]) {
        fake.state.addComment(here.repository, { issue: here.incidents()[0]?.number ?? 0, author, body: "/ack" });
      }
    }
    expect(quiet).toBeGreaterThanOrEqual(7);
    fake.verify();
  });
});
