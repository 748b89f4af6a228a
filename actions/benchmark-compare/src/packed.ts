import { listOf, numberOf, objectOf, objectsOf, textOf } from "./formats/json.ts";
import type { StoredRun, StoredValue } from "./model.ts";

/**
 * Runs as a store keeps them. Of 300 values, all but the numbers is the same in each run and takes ten times their room, so it stands there once
 * for all runs that have measured the same.
 */
export const packedSchema = "forge-benchmark-runs/1";

/** What is measured: `of` says for each name which of `kinds` it has, each of them a metric, a unit and a direction. */
interface Series {
  readonly kinds: readonly (readonly [string, string, string])[];
  readonly names: readonly string[];
  readonly of: readonly number[];
}

export interface Packed {
  readonly schema: typeof packedSchema;
  readonly series: readonly Series[];
  /** Oldest first; `measured` is the place of its series. */
  readonly runs: readonly (Omit<StoredRun, "benchmarks"> & { readonly measured: number; readonly values: readonly number[] })[];
}

/** The newest runs that take no more than so many characters, and the last one in any case; oldest first. */
export function packRuns(runs: readonly StoredRun[], most = Number.POSITIVE_INFINITY): Packed {
  const series = new Map<string, { readonly place: number; readonly series: Series }>();
  const packed: Packed["runs"][number][] = [];
  let size = 0;
  for (const { benchmarks, ...run } of runs.toReversed()) {
    const own = seriesOf(benchmarks);
    const text = JSON.stringify(own);
    const { place } = series.get(text) ?? { place: series.size };
    const entry = { ...run, measured: place, values: benchmarks.map(({ value }) => value) };
    size += JSON.stringify(entry).length + (series.has(text) ? 0 : text.length);
    if (size > most && packed.length > 0) break;
    series.set(text, { place, series: own });
    packed.push(entry);
  }
  return { schema: packedSchema, series: [...series.values()].map((each) => each.series), runs: packed.reverse() };
}

function seriesOf(benchmarks: readonly StoredValue[]): Series {
  const places = new Map<string, number>();
  const kinds: [string, string, string][] = [];
  const of = benchmarks.map(({ metric, unit, direction }) => {
    const kind: [string, string, string] = [metric, unit, direction];
    const key = JSON.stringify(kind);
    const place = places.get(key) ?? kinds.push(kind) - 1;
    places.set(key, place);
    return place;
  });
  return { kinds, names: benchmarks.map(({ name }) => name), of };
}

/** The runs as objects that still have to be checked, as they would be in a text that is not packed. */
export function unpackRuns(value: Readonly<Record<string, unknown>>): unknown[] {
  const series = listOf(value["series"]).map((each) => {
    const { kinds, names, of } = objectOf(each);
    const known = listOf(kinds).map(listOf);
    const places = listOf(of);
    return listOf(names).map((name, index) => {
      const [metric, unit, direction] = known[numberOf(places[index])] ?? [];
      return { name, metric: textOf(metric), unit: textOf(unit), direction };
    });
  });
  return objectsOf(value["runs"]).flatMap(({ measured, values, ...run }) => {
    const own = series[numberOf(measured)];
    const numbers = listOf(values);
    // Values that are not one for each name would be taken for those of other benchmarks.
    if (own === undefined || own.length !== numbers.length) return [];
    return [{ ...run, benchmarks: own.map((each, index) => ({ ...each, value: numbers[index] })) }];
  });
}
