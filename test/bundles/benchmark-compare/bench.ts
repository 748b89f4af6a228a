import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect } from "vitest";
import manifest from "../../../actions/benchmark-compare/src/manifest.ts";
import { seeded } from "../../../actions/benchmark-compare/src/statistics/random.ts";
import { type BundleInput, type BundleRun, root, runBundle, temporaryFolder } from "../harness.ts";
import { type Edits, edit } from "../pull-request.ts";
import { commitAll } from "../repository.ts";

const schema = JSON.parse(readFileSync(join(root, "actions", "benchmark-compare", "report.schema.json"), "utf8")) as object;
const validate = new Ajv({ strict: false }).compile(schema);

export type Inputs = Readonly<Record<string, string>>;

/** Runs the built gate, and holds every run to what all of them owe. */
export async function bench(workspace: string, inputs: Inputs = {}, more: Partial<BundleInput> = {}): Promise<BundleRun> {
  const run = await runBundle("benchmark-compare", { workspace, ...more, inputs: { baseline: "none", ruler: "none", ...inputs } });
  const told = `${run.log}\nexit code ${run.exitCode}`;
  expect(told).not.toContain("This is a bug");
  if (run.signal !== null || run.exitCode === 143) return run;
  expect([0, 1, 2, 3], told).toContain(run.exitCode);
  expect(Object.keys(run.outputs).sort(), told).toEqual(Object.keys(manifest.outputs).sort());
  expect(validate(run.report), JSON.stringify(validate.errors)).toBe(true);
  return run;
}

export interface Row {
  readonly name: string;
  readonly suite: string;
  readonly metric: string;
  readonly unit: string;
  readonly verdict: string;
  readonly base: { readonly n: number; readonly median: number | null };
  readonly head: { readonly n: number; readonly median: number | null };
  readonly change: number | null;
  readonly interval: readonly [number, number] | null;
  readonly moreRounds: number | null;
  readonly why?: string;
}

export function rows(run: BundleRun): readonly Row[] {
  return (run.report?.data["benchmarks"] ?? []) as readonly Row[];
}

export function row(run: BundleRun, name: string): Row {
  const found = rows(run).find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no benchmark ${name} in ${run.log}`);
  return found;
}

export const notes = (run: BundleRun): string => (run.report?.notes ?? []).join("\n");
export const ended = (run: BundleRun): readonly [number | null, string] => [run.exitCode, run.outputs["verdict"] ?? ""];

export type Values = Readonly<Record<string, number | string | null>>;

export function custom(values: Values, unit = "ns"): string {
  return JSON.stringify(Object.entries(values).map(([name, value]) => ({ name, unit, value })));
}

/** A workspace with files of both sides: one text each, or a list of rounds. */
export function sides(base: string | readonly string[], head: string | readonly string[], files: Edits = {}): string {
  const folder = temporaryFolder();
  const list = (side: string, texts: string | readonly string[]): [string, string][] =>
    typeof texts === "string" ? [[`bench/${side}.json`, texts]] : texts.map((text, index) => [`bench/${side}-${index + 1}.json`, text]);
  edit(folder, { ".gitignore": "bench/\nkept/\n", ...Object.fromEntries([...list("base", base), ...list("head", head)]), ...files });
  commitAll(folder, "first");
  return folder;
}

export const globs: Inputs = { results: "bench/head*.json", "base-results": "bench/base*.json" };

/** Rounds of one side: times of about `scale` with one percent of noise. */
export function rounds(count: number, scale: Readonly<Record<string, number>>, seed: number): string[] {
  const random = seeded(seed);
  return Array.from({ length: count }, () =>
    custom(Object.fromEntries(Object.entries(scale).map(([name, value]) => [name, value * (1 + 0.02 * (random() - 0.5))]))),
  );
}
