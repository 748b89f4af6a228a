import { afterEach, describe, expect, it } from "vitest";
import { closeFaults } from "./fault-server.ts";
import { faults } from "./fault-table.ts";
import { randomOf } from "./seeds.ts";

afterEach(closeFaults);
const seeds = Array.from({ length: 50 }, (_, seed) => seed + 100);

describe("the fault table, fifty seeds each", () => {
  it.each(Object.entries(faults))("%s", async (_, play) => {
    const wrong: string[] = [];
    // Ten at once: more would measure this machine instead of the server.
    for (let at = 0; at < seeds.length; at += 10) {
      const played = await Promise.all(seeds.slice(at, at + 10).map(async (seed) => ({ seed, ...(await play(randomOf(seed))) })));
      for (const { seed, wanted, got } of played)
        if (JSON.stringify(got) !== JSON.stringify(wanted))
          wrong.push(`seed ${seed}: ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`);
      await closeFaults();
    }
    expect(wrong).toEqual([]);
  });
});
