import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect } from "vitest";
import manifest from "../../../actions/bundle-size/src/manifest.ts";
import { type Happening, proposed, pushed } from "../events.ts";
import { type BundleInput, type BundleRun, root, runBundle, temporaryFolder } from "../harness.ts";
import { type Edits, edit } from "../pull-request.ts";
import { commitAll } from "../repository.ts";

const schema = JSON.parse(readFileSync(join(root, "actions", "bundle-size", "report.schema.json"), "utf8")) as object;
const validate = new Ajv({ strict: false }).compile(schema);

export type Inputs = Readonly<Record<string, string>>;

/** Runs the built gate, and holds every run to what all of them owe. */
export async function gate(workspace: string, inputs: Inputs = {}, more: Partial<BundleInput> = {}): Promise<BundleRun> {
  const run = await runBundle("bundle-size", { workspace, ...more, inputs: { baseline: "none", ...inputs } });
  const told = `${run.log}\nexit code ${run.exitCode}`;
  expect(told).not.toContain("This is a bug");
  const allowed = ["error", "warning", "notice", "add-mask", "debug"];
  expect(run.commands.filter(({ name }) => !allowed.includes(name))).toEqual([]);
  if (run.signal !== null || run.exitCode === 130 || run.exitCode === 143) return run;
  expect([0, 1, 2, 3], told).toContain(run.exitCode);
  expect(Object.keys(run.outputs).sort(), told).toEqual(Object.keys(manifest.outputs).sort());
  expect(validate(run.report), JSON.stringify(validate.errors)).toBe(true);
  return run;
}

/** A repository of two commits, whose builds are not under git, and a store that is not either. */
export interface Project {
  readonly folder: string;
  readonly base: string;
  readonly head: string;
  /** What is told when the first commit is pushed, and when the second is proposed. */
  readonly push: Happening;
  readonly proposal: Happening;
}

export function project(files: Edits = {}, change: Edits = { "src/a.js": "two\n" }): Project {
  const folder = temporaryFolder();
  edit(folder, { ".gitignore": "dist/\nkept/\nbuilt.log\n", "src/a.js": "one\n", ...files });
  const base = commitAll(folder, "first");
  edit(folder, change);
  const head = commitAll(folder, "second");
  return { folder, base, head, push: pushed(base), proposal: proposed({ base, head, tested: head }) };
}

export const stored: Inputs = { baseline: "kept/sizes.json" };

/** Measures `before` as a push of the first commit, then `after` as a pull request. */
export async function compared(before: Edits, after: Edits, inputs: Inputs = {}): Promise<BundleRun> {
  const made = project();
  edit(made.folder, before);
  const first = await gate(made.folder, { ...stored, ...inputs }, made.push);
  expect([0, 1], first.log).toContain(first.exitCode);
  const gone = Object.fromEntries(Object.keys(before).map((path) => [path, null]));
  edit(made.folder, gone);
  edit(made.folder, after);
  return gate(made.folder, { ...stored, ...inputs }, made.proposal);
}

export function ended(run: BundleRun): readonly [number | null, string] {
  return [run.exitCode, run.outputs["verdict"] ?? ""];
}

export function rule(run: BundleRun, name: string): NonNullable<BundleRun["report"]>["rules"][number] {
  const found = run.report?.rules.find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no rule ${name} in ${JSON.stringify(run.report?.rules)}`);
  return found;
}

export interface FileRow {
  readonly path: string;
  readonly previous?: string;
  readonly status?: string;
  readonly sizes?: Readonly<Record<string, number>>;
  readonly previousSizes?: Readonly<Record<string, number>>;
  readonly group?: string;
}

export function rows(run: BundleRun): readonly FileRow[] {
  return (run.report?.data["files"] ?? []) as readonly FileRow[];
}

export function notes(run: BundleRun): string {
  return (run.report?.notes ?? []).join("\n");
}

/** Text of so many bytes that gzip cannot make much smaller, the same for the same seed. */
export function noise(bytes: number, seed = 1): string {
  let state = seed * 2_654_435_761;
  let text = "";
  while (text.length < bytes) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += state.toString(36);
  }
  return text.slice(0, bytes);
}

/** Something like a minified module: words that stay when it is changed a little. */
export function code(topic: string, statements: number, from = 0): string {
  return Array.from(
    { length: statements },
    (_, index) => `export const ${topic}${from + index}=e=>e.${topic}Value${from + index}+"${topic} text ${from + index}";`,
  ).join("");
}

/** What only a debug log shows. */
export function debugged(run: BundleRun): string {
  return run.commands
    .filter(({ name }) => name === "debug")
    .map(({ message }) => message)
    .join("\n");
}
