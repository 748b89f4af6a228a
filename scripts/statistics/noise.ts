import { normalDraws, seeded } from "../../actions/benchmark-compare/src/statistics/random.ts";

/** What a hosted runner does to times, in logarithms. */
export interface NoiseModel {
  readonly benchmarks: number;
  readonly rounds: number;
  /** Spread of what each build's layout does to each benchmark. */
  readonly layout: number;
  /** Chance per slot that a noisy neighbour comes. */
  readonly neighbour: number;
  readonly outliers: number;
  /** True changes in percent, of the first benchmarks. */
  readonly effects: readonly number[];
}

export const hosted: NoiseModel = { benchmarks: 30, rounds: 10, layout: 0.004, neighbour: 0.004, outliers: 0.02, effects: [] };
export const crowded: NoiseModel = { ...hosted, benchmarks: 90, layout: 0.006, neighbour: 0.012, outliers: 0.04 };

export interface Trial {
  /** `[benchmark][round]`, logarithms of times. */
  readonly base: readonly (readonly number[])[];
  readonly head: readonly (readonly number[])[];
  /** True differences in logarithms, layout included. */
  readonly truth: readonly number[];
}

/** One pull request: each round runs the whole suite once on each side, in random order. */
export function interleavedTrial(model: NoiseModel, seed: number): Trial {
  const random = seeded(seed);
  const normal = normalDraws(random);
  const { benchmarks, rounds } = model;
  const spreads = Array.from({ length: benchmarks }, () => 0.01 * Math.exp(0.7 * normal()));
  const effects = Array.from({ length: benchmarks }, (_, j) => Math.log1p((model.effects[j] ?? 0) / 100));
  const layouts = [0, 1].map(() => Array.from({ length: benchmarks }, () => model.layout * normal()));
  const machine = { drift: 0.015 * normal(), busy: 0 };
  const sides = [0, 1].map(() => Array.from({ length: benchmarks }, (): number[] => []));
  const order = [0, 1];
  const measure = (side: number, j: number): number => {
    step(machine, model, random, normal);
    const outlier = random() < model.outliers ? -0.15 * Math.log(1 - random()) : 0;
    const own = (spreads[j] ?? 0) * normal() + (layouts[side]?.[j] ?? 0) + (side === 1 ? (effects[j] ?? 0) : 0);
    return own + outlier + machine.drift + machine.busy;
  };
  for (let round = 0; round < rounds; round++) {
    if (random() < 0.5) order.reverse();
    for (const side of order) for (const [j, column] of (sides[side] ?? []).entries()) column.push(measure(side, j));
  }
  const truth = effects.map((effect, j) => effect + (layouts[1]?.[j] ?? 0) - (layouts[0]?.[j] ?? 0));
  return { base: sides[0] ?? [], head: sides[1] ?? [], truth };
}

/** A shared neighbour that comes and goes, and a slow drift. */
function step(machine: { drift: number; busy: number }, model: NoiseModel, random: () => number, normal: () => number): void {
  machine.drift = 0.995 * machine.drift + 0.015 * Math.sqrt(1 - 0.995 ** 2) * normal();
  if (machine.busy > 0) {
    if (random() < 0.02) machine.busy = 0;
  } else if (random() < model.neighbour) machine.busy = 0.03 + 0.17 * random();
}
