import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attemptsPath, judgeClaim } from "../../../actions/incident-opener/src/attempt.ts";
import { MemoryWorld } from "./memory-world.ts";

const minute = 60_000;
const hour = 60 * minute;
const asks = { operation: "attempt", verdict: "fail", service: "shop", check: "self-heal", environment: "production" };

async function answer(world: MemoryWorld, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const { outputs, verdict } = await world.run({ ...asks, ...more });
  return `${verdict} ${outputs.attempt ?? ""} ${outputs["attempts-left"] ?? ""}`.trim();
}

describe("attempts at recovery", () => {
  it("are three in 24 hours, and never within the cooldown", async () => {
    const world = new MemoryWorld();
    expect(await answer(world)).toBe("pass granted 2");
    world.now += 15 * minute - 1000;
    expect(await answer(world)).toBe("neutral cooldown 2");
    world.now += 1000;
    expect(await answer(world)).toBe("pass granted 1");
    world.now += hour;
    expect(await answer(world)).toBe("pass granted 0");
    world.now += hour;
    expect(await answer(world)).toBe("neutral exhausted 0");
    world.now += 22 * hour - 15 * minute - 1000 - hour;
    expect(await answer(world)).toBe("neutral exhausted 0");
    world.now += hour + 15 * minute;
    expect(await answer(world)).toBe("pass granted 0");
  });

  it("belong to one service, check and environment", async () => {
    const world = new MemoryWorld();
    expect(await answer(world)).toBe("pass granted 2");
    expect(await answer(world, { environment: "staging" })).toBe("pass granted 2");
    expect(await answer(world, { service: "blog" })).toBe("pass granted 2");
    expect(await answer(world)).toBe("neutral cooldown 2");
  });

  it("are granted once to runs that ask at the same time", async () => {
    const world = new MemoryWorld();
    const answers = await Promise.all(Array.from({ length: 8 }, () => answer(world)));
    expect(answers.filter((one) => one === "pass granted 2")).toHaveLength(1);
    expect(answers.filter((one) => one === "neutral cooldown 2")).toHaveLength(7);
  });

  it("count although the run that was granted one died", async () => {
    for (let killAt = 0; killAt < 12; killAt++) {
      const world = new MemoryWorld();
      await world.run(asks, killAt).catch(() => undefined);
      const stands = world.files.has(attemptsPath([...world.files.keys()][0]?.slice(9, 21) ?? ""));
      expect(await answer(world)).toBe(stands ? "neutral cooldown 2" : "pass granted 2");
    }
  });

  it.each(["pass", "unknown", "neutral"])("are not made on %s", async (verdict) => {
    const world = new MemoryWorld();
    expect(await answer(world, { verdict })).toBe("neutral none");
    expect(world.files.size).toBe(0);
  });

  it("are not made where the ledger does not answer", async () => {
    const world = new MemoryWorld();
    world.reachable = false;
    expect(await answer(world)).toBe("unknown");
    expect(world.letters.size).toBe(0);
  });

  it.each([
    "",
    "{",
    "[]",
    '{"schema":"forge-attempts/1","attempts":[{"id":"x","at":"yesterday"}]}',
    '{"schema":"forge-attempts/2","attempts":[]}',
  ])("are not made where the record is %j", async (text) => {
    const world = new MemoryWorld();
    await world.run(asks);
    const path = [...world.files.keys()].find((name) => name.startsWith("attempts/")) ?? "";
    world.files.set(path, text);
    world.now += hour;
    await expect(answer(world)).rejects.toThrow(/not one of this action's, so no attempt is made/);
    expect(world.files.get(path)).toBe(text);
  });

  it("stand in the journal", async () => {
    const world = new MemoryWorld();
    await world.run(asks);
    const line = world.files.get("ledger/production/2026-11.jsonl") ?? "";
    expect(JSON.parse(line)).toMatchObject({ kind: "recovery.attempt", environment: "production", data: { service: "shop", count: 1 } });
  });

  it("need a verdict, and a cooldown of a minute", async () => {
    const world = new MemoryWorld();
    await expect(world.run({ operation: "attempt", service: "shop" })).rejects.toThrow(/verdict: is needed with `operation: attempt`/);
    await expect(answer(world, { "attempt-cooldown": "59s" })).rejects.toThrow(/attempt-cooldown: 59 s was given. Allowed: at least 1 min/);
    await expect(answer(world, { attempts: "4" })).rejects.toThrow(/attempts/);
  });
});

it("whenever runs ask, and however their clocks go, no 24 hours hold more than were allowed", () => {
  const steps = fc.array(fc.integer({ min: -2 * hour, max: 9 * hour }), { maxLength: 60 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 3 }), fc.integer({ min: minute, max: 5 * hour }), (moves, attempts, cooldown) => {
      let now = 100 * hour;
      const made: { id: string; at: number }[] = [];
      for (const [index, move] of moves.entries()) {
        now += move;
        const { answer: given } = judgeClaim(made, String(index), now, { attempts, cooldown });
        if (given === "granted") made.push({ id: String(index), at: now });
      }
      const times = made.map(({ at }) => at).sort((a, b) => a - b);
      for (const [index, at] of times.entries()) {
        expect(times.filter((other) => other >= at && other - at < 24 * hour).length).toBeLessThanOrEqual(attempts);
        const next = times[index + 1];
        if (next !== undefined) expect(next - at).toBeGreaterThanOrEqual(cooldown);
      }
    }),
  );
});
