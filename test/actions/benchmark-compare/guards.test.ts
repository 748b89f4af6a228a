import { describe, expect, it } from "vitest";
import { compareByCommand } from "../../../actions/benchmark-compare/src/command.ts";
import type { ComparePorts, Pressure, Tree } from "../../../actions/benchmark-compare/src/ports.ts";
import type { CompareInputs } from "../../../actions/benchmark-compare/src/settings.ts";
import type { Context } from "../../../packages/frame/context.ts";
import { usual } from "./simulated.ts";

/** A side whose benchmark takes about so long and needs so many bytes; `fails` says from which round on it crashes. */
function tree(time: number, bytes: number, fails = Number.POSITIVE_INFINITY): Tree {
  let round = 0;
  return {
    run: async () => {
      round += 1;
      const stdout = JSON.stringify([
        { name: "time", unit: "ns", value: time * (1 + 0.001 * (round % 3)) },
        { name: "size", unit: "bytes", value: bytes },
      ]);
      return round < fails ? { exitCode: 0, stdout, lastWords: "" } : { exitCode: 7, stdout, lastWords: "out of luck" };
    },
    clear: async () => undefined,
    read: async () => [],
  };
}

function play(before: Partial<Pressure>, after: Partial<Pressure>, head = tree(2000, 150)) {
  const pressures = [before, after].map((given): Pressure => ({ stolen: 0, total: 0, load: 0, ...given }));
  const unused = (): never => {
    throw new Error("nothing else of the world is needed");
  };
  const ports = {
    log: { debug: () => undefined, info: () => undefined, warning: () => undefined },
    clock: { now: () => 0 },
    diff: { change: async () => ({ base: "b".repeat(40), head: "h".repeat(40), rule: "a rule", files: [] }) },
    machine: {
      facts: async () => ({ cpu: "some CPU", cores: 2, class: "some CPU, 2" }),
      pressure: async () => pressures.shift() ?? unused(),
      ruler: unused,
      spareMemory: unused,
    },
    trees: {
      within: async (_base: string, _head: string, work: (base: Tree, head: Tree) => unknown) => ({
        done: await work(tree(1000, 100), head),
      }),
    },
  } as unknown as ComparePorts;
  const inputs = { command: "measure", rounds: 10, tool: "auto" } as unknown as CompareInputs;
  return compareByCommand(inputs, usual, ports, { terminal: false } as unknown as Context);
}

const verdicts = (results: readonly { name: string; verdict: string }[]) =>
  Object.fromEntries(results.map(({ name, verdict }) => [name, verdict]));

describe("a machine under pressure", () => {
  it("that nobody disturbs trips no guard", async () => {
    const { guards, results } = await play({ total: 100 }, { total: 200, stolen: 5 });
    expect(guards).toEqual([]);
    expect(verdicts(results)).toEqual({ time: "fail", size: "fail" });
  });

  it.each([
    [
      "its host gave its time to others",
      { stolen: 10, total: 100 },
      { stolen: 40, total: 200 },
      "the host gave 30 % of this machine's time to others",
    ],
    ["others wanted its cores", { load: 9.2 }, { load: 9 }, "9 processes wanted the 2 cores before the first round"],
  ])("decides no time where %s, and bytes all the same", async (_, before, after, why) => {
    const { guards, results } = await play(before, after);
    expect(guards).toEqual([why]);
    expect(verdicts(results)).toEqual({ time: "inconclusive", size: "fail" });
    expect(results.find(({ name }) => name === "time")?.why).toContain(why);
    expect(results.find(({ name }) => name === "time")?.change).toBeCloseTo(1, 2);
  });
});

it.each([1, 5])("a tested tree that crashes in round %d is missing evidence, and says which side", async (round) => {
  await expect(play({}, {}, tree(1, 1, round))).rejects.toMatchObject({
    exitCode: 3,
    message: "command: on the tested tree it ended with exit code 7: out of luck.",
  });
});
