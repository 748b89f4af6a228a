import { jsonOf, reportOf } from "../../actions/report/sample.ts";
import { type Happening, proposed } from "../events.ts";
import { type BundleInput, type BundleRun, runBundle, temporaryFolder } from "../harness.ts";
import { writeFiles } from "../repository.ts";

export { jsonOf, reportOf };

export const token = "ghs_job";
export const head = "b".repeat(40);
export const base = "c".repeat(40);
const tested = "d".repeat(40);

/** A pull request's run, from a fork or not, against this API. */
export function pullRequest(api: string, given: { fork?: boolean; number?: number; head?: string } = {}): Happening {
  const happening = proposed({ base, head: given.head ?? head, tested }, given);
  return { ...happening, env: { ...happening.env, GITHUB_API_URL: api } };
}

/** Runs the action in a job in which these files lie in the folder of reports (names without `/`) or in the workspace. */
export async function merge(
  files: Readonly<Record<string, string | Uint8Array>>,
  inputs: Readonly<Record<string, string>> = {},
  given: Partial<BundleInput> = {},
): Promise<BundleRun> {
  const temp = given.temp ?? temporaryFolder("forge-runner-");
  const workspace = given.workspace ?? temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    if (path.includes("/")) writeFiles(workspace, { [path]: content });
    else writeFiles(temp, { [`forge-reports/${path}`]: content });
  }
  return runBundle("report", { ...given, workspace, temp, inputs });
}

export function ended(run: BundleRun): [exitCode: number | null, verdict: string | undefined] {
  return [run.exitCode, run.outputs["verdict"]];
}

export function notes(run: BundleRun): string {
  return (run.report?.notes ?? []).join("\n");
}
