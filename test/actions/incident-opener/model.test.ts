import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Killed, MemoryWorld, type Outcome } from "./memory-world.ts";
import { expected, type Rules, type Sample } from "./oracle.ts";

const minute = 60_000;
const usual = { service: "checkout", check: "http", environment: "production" };

const rules = fc.record({
  for: fc.constantFrom(0, 0, 5, 12),
  resolveAfter: fc.constantFrom(0, 10, 10, 30),
  reopenWithin: fc.constantFrom(20, 24 * 60, 24 * 60),
});

const step = fc.record({
  gap: fc.constantFrom(1, 1, 4, 5, 11, 45),
  failing: fc.boolean(),
  /** How often the same verdict comes in a row. */
  streak: fc.constantFrom(1, 1, 2, 4, 8),
  severity: fc.constantFrom<Sample["severity"]>("critical", "high", "medium", "low"),
  down: fc.constantFrom(false, false, false, true),
  nothing: fc.constantFrom(false, false, true),
});
const walk = fc.array(step, { minLength: 1, maxLength: 14 });

const inputsOf = (given: Rules): Record<string, string> => ({
  ...usual,
  for: `${given.for}m`,
  "resolve-after": `${given.resolveAfter}m`,
  "reopen-within": `${given.reopenWithin}m`,
});

function expectSame(
  world: MemoryWorld,
  { outcome, samples, policy }: { outcome: Outcome; samples: readonly Sample[]; policy: Rules },
): void {
  const truth = expected(samples, policy);
  const { outputs } = outcome;
  expect(outputs.state ?? "").toBe(truth.state);
  // Of incidents that begin and are forgotten while GitHub is down only the last is still told.
  if (policy.reopenWithin > 24 * 30) expect(world.issues.size).toBe(truth.issues);
  else expect(world.issues.size).toBeLessThanOrEqual(truth.issues);
  expect(world.open().length).toBe(truth.open ? 1 : 0);
  expect(outputs["time-to-detect"]).toBe(truth.detect === undefined ? undefined : truth.detect * 60);
  expect(outputs["time-to-recover"]).toBe(truth.recover === undefined ? undefined : truth.recover * 60);
  const last = [...world.issues.values()].at(-1);
  if (last === undefined || truth.state === "pending" || truth.state === "") return;
  expect(last.labels).toContain(`severity:${truth.severity}`);
  expect(last.title.startsWith(`[${truth.severity}] `)).toBe(true);
  // What is closed for good is only told by the next run, and needs no edit.
  if (truth.state !== "closed") expect(last.body).toContain(`"state":"${truth.state}"`);
}

interface Step {
  readonly gap: number;
  readonly failing: boolean;
  readonly severity: Sample["severity"];
  readonly down: boolean;
  readonly nothing: boolean;
}

/** Runs once, in a world that has gone on; gives what was answered. */
async function move(world: MemoryWorld, inputs: Readonly<Record<string, string>>, step: Step, killAt?: number): Promise<Outcome> {
  world.now += step.gap * minute;
  if (step.nothing) await world.run({ ...inputs, verdict: "unknown" });
  world.reachable = !step.down;
  try {
    return await world.run({ ...inputs, verdict: step.failing ? "fail" : "pass", severity: step.severity }, killAt);
  } finally {
    world.reachable = true;
  }
}

describe("a random walk", () => {
  it("is what a simple reading of the contract says, after each of its runs", async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(rules, walk, async (policy, steps) => {
        const world = new MemoryWorld();
        const begin = world.now;
        const samples: Sample[] = [];
        for (const each of steps.flatMap((one) => Array.from({ length: one.streak }, () => one))) {
          const outcome = await move(world, inputsOf(policy), each);
          samples.push({ at: (world.now - begin) / minute, failing: each.failing, severity: each.severity });
          runs += 1;
          expect(outcome.verdict).toBe(each.down ? "unknown" : "pass");
          if (!each.down) expectSame(world, { outcome, samples, policy });
        }
      }),
      { numRuns: 150, seed: 8 },
    );
    expect(runs).toBeGreaterThan(2_000);
  });

  it("killed at any call, with clocks that are off: one open issue at most, no comment twice, and the next runs put all right", async () => {
    let kills = 0;
    const deadly = fc.array(fc.tuple(step, fc.nat({ max: 60 }), fc.constantFrom(-10, 0, 10)), { minLength: 2, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(rules, deadly, async (policy, steps) => {
        const world = new MemoryWorld();
        const inputs = inputsOf({ ...policy, for: 0 });
        for (const [each, killAt, skew] of steps) {
          world.skew = skew * minute;
          const answer = await move(world, inputs, each, killAt).catch(survived);
          if (answer === undefined) kills += 1;
          expect(world.open().length).toBeLessThanOrEqual(1);
          if (answer === undefined || each.down) continue;
          expect(world.open().length).toBe(liveStates.has(answer.outputs.state ?? "") ? 1 : 0);
        }
        await expectTidy(world, inputs);
      }),
      { numRuns: 250, seed: 8 },
    );
    expect(kills).toBeGreaterThan(300);
  });
});

const liveStates = new Set(["open", "mitigated", "acknowledged", "flapping"]);

function survived(error: unknown): undefined {
  if (!(error instanceof Killed)) throw error;
  return undefined;
}

/** Two more runs, and nothing is left to do. */
async function expectTidy(world: MemoryWorld, inputs: Readonly<Record<string, string>>): Promise<void> {
  world.now += minute;
  const failing = await world.run({ ...inputs, verdict: "fail" });
  expect(world.open().map(({ number }) => number)).toEqual([failing.outputs["incident-number"]]);
  expect(world.letters.size).toBe(0);
  expect([...world.files.keys()].filter((path) => path.startsWith("outbox/"))).toEqual([]);
  world.now += minute;
  const resolved = await world.run({ ...inputs, operation: "resolve" });
  expect([resolved.outputs.state, world.open().length]).toEqual(["resolved", 0]);
  for (const { comments } of world.issues.values()) {
    const due = [...comments.keys()].map((key) => key.replace(/^.*\//, ""));
    expect(new Set(due).size).toBe(due.length);
  }
}

describe("thirty alternations, whatever the times", () => {
  const gaps = [1, 5, 31, 61];
  const policies = gaps.flatMap((gap) =>
    ["0s", "10m", "30m"].flatMap((resolve) => ["0s", "30m"].map((cooldown) => [gap, resolve, cooldown] as const)),
  );

  it.each(policies)(
    "every %i min, resolve-after %s, cooldown %s: one issue, three comments, eight changes",
    async (gap, resolve, cooldown) => {
      const world = new MemoryWorld();
      let changes = 0;
      let state: string | undefined;
      for (let index = 0; index < 30; index++) {
        world.now += gap * minute;
        const verdict = index % 2 === 0 ? "fail" : "pass";
        const { outputs } = await world.run({ ...usual, verdict, "resolve-after": resolve, cooldown });
        if (outputs.state !== state) changes += 1;
        state = outputs.state;
      }
      expect(state).toBe("flapping");
      expect(changes).toBeLessThanOrEqual(8);
      expect(world.issues.size).toBe(1);
      expect(world.issues.get(1)?.comments.size).toBeLessThanOrEqual(3);
      expect(world.issues.get(1)?.notifications).toBeLessThanOrEqual(8);
    },
  );
});
