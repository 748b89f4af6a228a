import { catalogue } from "../../../actions/secret-scan/src/rules/catalogue.ts";
import { Dice, sampleOf } from "../../actions/secret-scan/samples.ts";
import type { Happening } from "../events.ts";
import { type BundleInput, type BundleRun, runBundle, temporaryFolder } from "../harness.ts";
import { commitAll, writeFiles } from "../repository.ts";

const dice = new Dice(1_234_567);

/** A token that never stood anywhere. */
export function fresh(id = "github-pat"): string {
  const rule = catalogue.find((one) => one.id === id);
  if (rule === undefined) throw new Error(`there is no rule ${id}`);
  return sampleOf(rule, dice) ?? "";
}

export type Contents = Readonly<Record<string, string | Uint8Array>>;

/** A repository with a first, clean commit. */
export function project(files: Contents = { "README.md": "# App\n" }): { folder: string; first: string } {
  const folder = temporaryFolder();
  writeFiles(folder, files);
  return { folder, first: commitAll(folder, "first") };
}

export function commit(folder: string, files: Contents, message = "change"): string {
  writeFiles(folder, files);
  return commitAll(folder, message);
}

export interface Told {
  readonly rule: string;
  readonly path: string;
  readonly line: number;
  readonly commit?: string;
  readonly fingerprint: string;
  readonly redacted: string;
  readonly suppressed: boolean;
  readonly baseline: boolean;
  readonly author?: string;
}

export function told(run: BundleRun): readonly Told[] {
  return (run.report?.findings ?? []) as unknown as readonly Told[];
}

export function scan(
  folder: string,
  inputs: Readonly<Record<string, string>> = {},
  happening: Partial<Happening> & Pick<BundleInput, "started"> = {},
): Promise<BundleRun> {
  return runBundle("secret-scan", { workspace: folder, inputs, eventName: "schedule", ...happening });
}

export const ended = (run: BundleRun): [number | null, string | undefined] => [run.exitCode, run.outputs["verdict"]];
