import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import { GitHubWorld } from "./github-world.ts";

/** `FORGE_ROUNDS=200` for the whole proof; it takes a quarter of an hour. */
const rounds = Number(process.env["FORGE_ROUNDS"] ?? "1");
const usual = { service: "checkout", check: "http", environment: "production" };

let fake: FakeGitHub;
beforeAll(async () => {
  fake = await startFakeGitHub();
});
afterAll(() => fake.close());

const both = [
  ["branch", { contents: "write", issues: "write" }],
  ["issue", { issues: "write" }],
] as const;

describe.each(both)("%s", (_, permissions) => {
  it.each(Array.from({ length: rounds }, (__, round) => round))(
    "twenty at once, lists that lag, searches that lag more: one issue (%i)",
    async (round) => {
      const world = new GitHubWorld(fake, permissions);
      fake.state.issueLag = { list: (round * 1_000) % 4_000, search: 60_000 };
      const runs = await Promise.all(Array.from({ length: 20 }, () => world.run({ ...usual, verdict: "fail" })));
      expect(world.incidents()).toHaveLength(1);
      const number = world.incidents()[0]?.number;
      for (const { verdict, outputs } of runs) {
        if (verdict === "pass") expect(outputs["incident-number"]).toBe(number);
        else expect(verdict).toBe("unknown");
      }
      expect(runs.filter(({ outputs }) => outputs.opened)).toHaveLength(1);
      expect(world.comments()).toEqual([]);
      // Whoever had no time left is heard by the next run.
      const next = await world.run({ ...usual, verdict: "fail" });
      expect([next.verdict, next.outputs["incident-number"], world.letters.size]).toEqual(["pass", number, 0]);
      expect(world.incidents()).toHaveLength(1);
      fake.verify();
    },
    120_000,
  );

  it.each(Array.from({ length: rounds }, (__, round) => round))(
    "answers that are lost, before or after the deed: one issue (%i)",
    async (round) => {
      const world = new GitHubWorld(fake, permissions);
      fake.state.issueLag = { list: 1_500, search: 60_000 };
      const faults = [
        { kind: "status", status: 502, after: true },
        { kind: "status", status: 502 },
        { kind: "reset-mid-body", after: true },
        { kind: "truncated-json", after: true },
      ] as const;
      const fault = faults[round % faults.length] ?? faults[0];
      fake.fault({ method: "POST", path: /\/issues$/, times: 1 + (round % 2) }, fault);
      fake.fault({ chance: 0.1, times: 3 }, { kind: "status", status: 503, after: round % 2 === 0 });
      const first = await world.run({ ...usual, verdict: "fail" });
      expect(["pass", "unknown"]).toContain(first.verdict);
      world.pass(60_000);
      const next = await world.run({ ...usual, verdict: "fail" });
      expect(next.verdict).toBe("pass");
      expect(world.incidents().filter(({ open }) => open)).toHaveLength(1);
      expect(world.incidents()).toHaveLength(1);
      fake.verify();
    },
    120_000,
  );
});

describe.each([-10, 0, 10])("a runner's clock that is %i minutes off", (skew) => {
  it("does not move the time to recover by more than a second, though the first failure was told late", async () => {
    const world = new GitHubWorld(fake, { contents: "write", issues: "write" });
    world.skew = skew;
    world.apiUrl = "http://127.0.0.1:9";
    const truth: number[] = [world.now()];
    expect((await world.run({ ...usual, verdict: "fail" })).verdict).toBe("unknown");
    truth.push(world.now());
    world.apiUrl = fake.url;
    world.pass(7 * 60_000);
    const late = await world.run({ ...usual, verdict: "fail" });
    expect([late.outputs.state, world.letters.size]).toEqual(["open", 0]);
    world.pass(13 * 60_000);
    const before = world.now();
    const over = await world.run({ ...usual, verdict: "pass", "resolve-after": "0s" });
    const recover = Number(over.outputs["time-to-recover"]) * 1000;
    expect(recover).toBeGreaterThanOrEqual(before - (truth[1] ?? 0) - 1_000);
    expect(recover).toBeLessThanOrEqual(world.now() - (truth[0] ?? 0) + 1_000);
    fake.verify();
  });
});

it("a second issue, left by a run that died while lists lagged for minutes, is closed as a duplicate at the next change", async () => {
  const world = new GitHubWorld(fake, { contents: "write", issues: "write" });
  await world.run({ ...usual, verdict: "fail" });
  const [kept] = world.incidents();
  if (kept === undefined) throw new Error("there is no incident");
  const stray = { ...structuredClone(kept), id: 77, number: kept.number + 1 };
  world.repository.issues.all.set(stray.number, stray);
  const stranger = { ...structuredClone(kept), id: 78, number: kept.number + 2, author: "eve" };
  world.repository.issues.all.set(stranger.number, stranger);
  world.pass(60_000);
  expect((await world.run({ ...usual, verdict: "pass" })).outputs.state).toBe("mitigated");
  expect([stray.open, stray.reason, kept.open, stranger.open]).toEqual([false, "duplicate", true, true]);
  expect(world.comments()).toEqual([expect.stringContaining(`Duplicate of #${kept.number}`)]);
  fake.verify();
});
