import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect } from "vitest";
import manifest from "../../../actions/auto-rollback/src/manifest.ts";
import { type Attempt, type Book, bookPath, readBook } from "../../../packages/releases/book.ts";
import { type BundleInput, type BundleRun, root, runBundle, temporaryFolder } from "../harness.ts";

const schema = JSON.parse(readFileSync(join(root, "actions", "auto-rollback", "report.schema.json"), "utf8")) as object;
const validate = new Ajv({ strict: false }).compile(schema);
const node = JSON.stringify(process.execPath);

/** A release that is a line in `current.txt`; every change is a line in `changes.txt`. */
export const inFile = [
  `current: [${node}, -p, "fs.readFileSync('current.txt', 'utf8').trim()"]`,
  `execute: [${node}, -e, "fs.writeFileSync('current.txt', process.argv[1]); fs.appendFileSync('changes.txt', process.argv[1] + '\\\\n')", "{to}"]`,
  `exists: [${node}, -e, "process.exit(process.argv[1].startsWith('gone') ? 1 : 0)", "{to}"]`,
].join("\n");

export interface World {
  readonly folder: string;
  run(inputs: Readonly<Record<string, string>>, more?: Partial<BundleInput>): Promise<BundleRun>;
  deploy(release: string): void;
  current(): string;
  changes(): readonly string[];
  book(environment?: string, service?: string): Book;
}

export function world(folder = temporaryFolder()): World {
  const read = (name: string): string => {
    try {
      return readFileSync(join(folder, name), "utf8");
    } catch {
      return "";
    }
  };
  return {
    folder,
    run: (inputs, more = {}) => play(folder, { provider: "command", settings: inFile, backend: "file", ...inputs }, more),
    deploy: (release) => writeFileSync(join(folder, "current.txt"), `${release}\n`),
    current: () => read("current.txt").trim(),
    changes: () =>
      read("changes.txt")
        .split("\n")
        .filter((line) => line !== ""),
    book: (environment = "production", service = "") => {
      const path = bookPath(environment, service);
      return readBook(read(join(".forge", "ledger", path)), path);
    },
  };
}

/** Runs the built action, and holds every run to what all of them owe. */
export async function play(
  workspace: string,
  inputs: Readonly<Record<string, string>>,
  more: Partial<BundleInput> = {},
): Promise<BundleRun> {
  const run = await runBundle("auto-rollback", { workspace, ...more, inputs });
  if (run.signal !== null) return run;
  const log = `${run.log}\nexit code ${run.exitCode}`;
  expect(log).not.toContain("This is a bug");
  expect([0, 1, 2, 3], log).toContain(run.exitCode);
  expect(Object.keys(run.outputs).sort(), log).toEqual(Object.keys(manifest.outputs).sort());
  expect(validate(run.report), JSON.stringify(validate.errors)).toBe(true);
  return run;
}

/** Exit code, verdict, decision, reason, from and to, at one glance. */
export function told({ exitCode, outputs }: BundleRun): string {
  const { verdict, decision, reason, from, to } = outputs;
  return [exitCode, verdict, decision, reason, from && to ? `${from}→${to}` : ""].filter((part) => part !== "").join(" ");
}

export function states(attempt: Attempt | undefined): readonly string[] {
  return (attempt?.timeline ?? []).map(({ state }) => state);
}

export function rail({ report }: BundleRun, name: string): boolean | undefined {
  const rails = report?.data["rails"] as readonly { name: string; holds: boolean }[] | undefined;
  return rails?.findLast((each) => each.name === name)?.holds;
}
