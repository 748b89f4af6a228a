import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect } from "vitest";
import manifest from "../../../actions/health-check/src/manifest.ts";
import { type BundleInput, type BundleRun, root, runBundle, temporaryFolder } from "../harness.ts";

const schema = JSON.parse(readFileSync(join(root, "actions", "health-check", "report.schema.json"), "utf8")) as object;
const validate = new Ajv({ strict: false }).compile(schema);

export type Inputs = Readonly<Record<string, string>>;

/** Runs the built action, and holds every run to what all of them owe. */
export async function check(inputs: Inputs, more: Partial<BundleInput> = {}): Promise<BundleRun> {
  const given = { baseline: "none", "allow-private": "true", attempts: "1", interval: "10ms", timeout: "2s", ...inputs };
  const run = await runBundle("health-check", { workspace: temporaryFolder(), ...more, inputs: given });
  const told = `${run.log}\nexit code ${run.exitCode}`;
  expect(told).not.toContain("This is a bug");
  const allowed = ["error", "warning", "notice", "add-mask", "debug"];
  expect(run.commands.filter(({ name }) => !allowed.includes(name))).toEqual([]);
  expect([0, 1, 2, 3], told).toContain(run.exitCode);
  expect(Object.keys(run.outputs).sort(), told).toEqual(Object.keys(manifest.outputs).sort());
  expect(validate(run.report), JSON.stringify(validate.errors)).toBe(true);
  return run;
}

export function ended(run: BundleRun): readonly unknown[] {
  return [run.exitCode, run.outputs["status"], run.outputs["reason"]];
}

export interface TargetRow {
  readonly name: string;
  readonly status: string;
  readonly reason: string;
  readonly attempts: number;
  readonly successes: number;
}

export function rows(run: BundleRun): readonly TargetRow[] {
  return (run.report?.data["targets"] ?? []) as readonly TargetRow[];
}
