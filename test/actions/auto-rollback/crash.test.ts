import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Killed, MemoryWorld } from "./memory-world.ts";

async function bad(): Promise<MemoryWorld> {
  const world = new MemoryWorld(5, "1.0.0");
  await world.run({ verdict: "pass", deployment: "1" });
  world.deploy("2.0.0");
  return world;
}

describe("a kill at any boundary", () => {
  it("is finished by the next run, each change is made once, and no tag ever names a deprecated version", async () => {
    const whole = await bad();
    expect(await whole.run({ verdict: "fail", deployment: "2" })).toEqual({ verdict: "pass", decision: "rolled-back", reason: "" });
    const length = whole.asked;
    expect(length).toBeGreaterThan(30);
    for (let killAt = 1; killAt <= length; killAt++) {
      const world = await bad();
      world.killAt = killAt;
      await expect(world.run({ verdict: "fail", deployment: "2" })).rejects.toThrow(Killed);
      for (const [name, version] of world.tags) expect(world.deprecated.has(`${name}@${version}`)).toBe(false);
      world.killAt = Number.POSITIVE_INFINITY;
      const again = await world.run({ verdict: "fail", deployment: "2" });
      expect([killAt, again.verdict]).toEqual([killAt, "pass"]);
      expect([...new Set(world.tags.values())]).toEqual(["1.0.0"]);
      expect(new Set(world.writes).size).toBe(10);
      expect(world.writes).toHaveLength(10);
      expect((await world.run({ verdict: "fail", deployment: "2" })).decision).toBe("already-rolled-back");
    }
  });

  it("is finished by a run for another deployment too, and a revert that died is finished by the next one", async () => {
    const world = await bad();
    world.killAt = 25;
    await expect(world.run({ verdict: "fail", deployment: "2" })).rejects.toThrow(Killed);
    world.killAt = Number.POSITIVE_INFINITY;
    expect((await world.run({ verdict: "fail", deployment: "other" })).decision).toBe("rolled-back");
    world.killAt = 12;
    await expect(world.run({ operation: "revert" })).rejects.toThrow(Killed);
    world.killAt = Number.POSITIVE_INFINITY;
    expect((await world.run({ operation: "revert" })).verdict).toBe("pass");
    expect([...new Set(world.tags.values())]).toEqual(["2.0.0"]);
  });
});

describe("verification", () => {
  it.each(["down", "degraded", "unknown"] as const)("%s halts, and nothing is written afterwards", async (status) => {
    const world = await bad();
    world.health = status;
    expect(await world.run({ verdict: "fail", deployment: "2" })).toEqual({ verdict: "fail", decision: "halted", reason: "verify-failed" });
    const { length } = world.writes;
    const ledger = JSON.stringify([...world.files]);
    expect((await world.run({ verdict: "fail", deployment: "2" })).decision).toBe("halted");
    expect(world.writes).toHaveLength(length);
    expect(JSON.stringify([...world.files])).toBe(ledger);
  });
});

interface Moment {
  readonly verdict: string;
  readonly before: string;
  readonly deploy: boolean;
  readonly hours: number;
}

/** Plays a history, and gives the rollbacks that were made: what was given, and whether they went to a release that had passed. */
async function play(moments: readonly Moment[]): Promise<{ at: number; verdict: string; before: string; toGood: boolean }[]> {
  const world = new MemoryWorld(1, "0");
  const good = new Set<string>();
  const made: { at: number; verdict: string; before: string; toGood: boolean }[] = [];
  for (const [index, { verdict, before, deploy, hours }] of moments.entries()) {
    world.now += hours * 3_600_000;
    if (deploy) world.deploy(String(index + 1));
    const running = world.tags.get("p0") ?? "";
    const { decision } = await world.run({ verdict, deployment: `d${index}`, ...(before === "" ? {} : { "verdict-before": before }) });
    const now = world.tags.get("p0") ?? "";
    expect([decision, now !== running]).toEqual([decision, decision === "rolled-back"]);
    if (now !== running) made.push({ at: world.now, verdict, before, toGood: good.delete(running) || good.has(now) });
    if (verdict === "pass") good.add(running);
  }
  return made;
}

describe("histories", () => {
  it("unknown verdicts and failures from before never roll back; at most one automatic rollback in a window", async () => {
    const moment = fc.record({
      verdict: fc.constantFrom("pass", "fail", "unknown"),
      before: fc.constantFrom("", "pass", "fail", "unknown"),
      deploy: fc.boolean(),
      hours: fc.integer({ min: 0, max: 30 }),
    });
    let rollbacks = 0;
    const property = fc.asyncProperty(fc.array(moment, { maxLength: 12 }), async (moments) => {
      const made = await play(moments);
      rollbacks += made.length;
      for (const [index, { at, verdict, before, toGood }] of made.entries()) {
        expect([verdict, before === "" || before === "pass", toGood]).toEqual(["fail", true, true]);
        const last = made[index - 1];
        expect(at - (last?.at ?? 0)).toBeGreaterThanOrEqual(24 * 3_600_000 - 1_000);
      }
    });
    await fc.assert(property, { numRuns: 1_000 });
    expect(rollbacks).toBeGreaterThan(50);
  });
});
