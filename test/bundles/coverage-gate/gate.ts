import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect } from "vitest";
import manifest from "../../../actions/coverage-gate/src/manifest.ts";
import { type BundleInput, type BundleRun, root, runBundle, temporaryFolder } from "../harness.ts";
import { type Edits, edit } from "../pull-request.ts";
import { commitAll } from "../repository.ts";

const schema = JSON.parse(readFileSync(join(root, "actions", "coverage-gate", "report.schema.json"), "utf8")) as object;
const validate = new Ajv({ strict: false }).compile(schema);

export type Inputs = Readonly<Record<string, string>>;

/** Runs the built gate, and holds every run to what all of them owe: no bug, only our commands, declared outputs, a report that its schema knows. */
export async function gate(workspace: string, inputs: Inputs = {}, more: Partial<BundleInput> = {}): Promise<BundleRun> {
  const run = await runBundle("coverage-gate", { workspace, ...more, inputs: { baseline: "none", ...inputs } });
  const told = `${run.log}\nexit code ${run.exitCode}`;
  expect(told).not.toContain("This is a bug");
  const allowed = ["error", "warning", "notice", "add-mask", "debug"];
  expect(run.commands.filter(({ name }) => !allowed.includes(name))).toEqual([]);
  if (run.signal !== null || run.exitCode === 130 || run.exitCode === 143) return run;
  expect([0, 1, 2, 3], told).toContain(run.exitCode);
  expect(Object.keys(run.outputs).sort(), told).toEqual(Object.keys(manifest.outputs).sort());
  expect(validate(run.report), JSON.stringify(validate.errors)).toBe(true);
  expect(run.report?.outputs).toEqual(run.outputs);
  return run;
}

/** `1` a line that ran, `0` one that did not, `-` one that does not count: `"11-0"`. */
export type Lines = string;

function counted(lines: Lines): readonly (readonly [line: number, hits: string])[] {
  return [...lines].flatMap((mark, index) => (mark === "-" ? [] : [[index + 1, mark] as const]));
}

/** An lcov report, with nothing but the lines of each path. */
export function lcov(files: Readonly<Record<string, Lines>>): string {
  const records = Object.entries(files).map(
    ([path, lines]) =>
      `SF:${path}\n${counted(lines)
        .map(([line, hits]) => `DA:${line},${hits}\n`)
        .join("")}end_of_record\n`,
  );
  return `TN:\n${records.join("")}`;
}

/** `total` lines of which the first `covered` ran. */
export function share(covered: number, total: number): Lines {
  return `${"1".repeat(covered)}${"0".repeat(total - covered)}`;
}

/** Numbered lines, so that no two are alike. */
export function source(lines: number, word = "line"): string {
  return Array.from({ length: lines }, (_, index) => `${word} ${index + 1}\n`).join("");
}

/** A repository of one commit with a source file for each path of the report, and `coverage/lcov.info`, which git ignores. */
export function project(files: Readonly<Record<string, Lines>>, more: Edits = {}): { folder: string; commit: string } {
  const folder = temporaryFolder();
  const sources = Object.entries(files).map(([path, lines]) => [path, source(lines.length)] as const);
  edit(folder, { ".gitignore": "coverage/\n", ...Object.fromEntries(sources), ...more });
  const commit = commitAll(folder, "first");
  edit(folder, { "coverage/lcov.info": lcov(files) });
  return { folder, commit };
}

/** Exit code and verdict at once, with the log for whoever has to find out why. */
export function ended(run: BundleRun): readonly [number | null, string] {
  return [run.exitCode, run.outputs["verdict"] ?? ""];
}

export function rule(run: BundleRun, name: string): NonNullable<BundleRun["report"]>["rules"][number] {
  const found = run.report?.rules.find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no rule ${name} in ${JSON.stringify(run.report?.rules)}`);
  return found;
}

export interface FileData {
  readonly path: string;
  readonly covered: number;
  readonly total: number;
  readonly branches?: { readonly covered: number; readonly total: number };
  readonly uncovered: readonly (readonly [number, number])[];
  readonly patch: { readonly covered: number; readonly total: number; readonly uncovered: readonly (readonly [number, number])[] };
}

export function fileData(run: BundleRun): readonly FileData[] {
  return (run.report?.data["files"] ?? []) as readonly FileData[];
}

export function notes(run: BundleRun): string {
  return (run.report?.notes ?? []).join("\n");
}

/** The places that annotations of the log point to. */
export function annotated(run: BundleRun): readonly string[] {
  return run.commands
    .filter(({ properties }) => properties["file"] !== undefined)
    .map(({ name, properties }) => `${name} ${properties["file"]}:${properties["line"]}-${properties["endLine"]}`);
}
