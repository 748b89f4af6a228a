import { stringify } from "yaml";
import type { Project } from "./project.ts";

/** The step's outputs as a later step of the same job read them, and how the step ended. */
export interface Observed {
  readonly outcome: string;
  readonly conclusion: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** What these tests read of the gate's JSON report. */
export interface ReportFile {
  readonly findings: readonly { readonly path: string; readonly line: number }[];
  readonly data: { readonly files: readonly { readonly path: string; readonly patch: { readonly uncovered: readonly unknown[] } }[] };
}

/**
 * Takes the place of the example's workflow: the same steps, the gate with these inputs, and a step after it that writes what it can read of
 * the gate, and the report that it names, into the folder `OBSERVED`.
 */
export function writeObservedWorkflow(project: Project, inputs: Readonly<Record<string, string>>): void {
  const observe = {
    name: "Observe",
    if: "always()",
    env: {
      OUTPUTS: expression("toJSON(steps.coverage.outputs)"),
      OUTCOME: expression("steps.coverage.outcome"),
      REPORT: expression("steps.coverage.outputs.report"),
      CONCLUSION: expression("steps.coverage.conclusion"),
    },
    run: [
      'printf \'{"outcome":"%s","conclusion":"%s","outputs":%s}\' "$OUTCOME" "$CONCLUSION" "$OUTPUTS" > "$OBSERVED/observed.json"',
      // act removes its copy of the repository when the job is over.
      'if [ -n "$REPORT" ]; then cp "$REPORT" "$OBSERVED/report.json"; fi',
    ].join("\n"),
  };
  const workflow = {
    name: "Observed",
    on: ["push", "pull_request"],
    permissions: {},
    jobs: {
      coverage: {
        "runs-on": "ubuntu-latest",
        "timeout-minutes": 5,
        steps: [
          // act copies the repository into the job at this step, as a runner does.
          { name: "Check out", uses: "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1", with: { "persist-credentials": false } },
          { name: "Test", run: "npm run coverage" },
          { name: "Coverage gate", id: "coverage", uses: "org/forge/actions/coverage-gate@v1", with: inputs },
          observe,
        ],
      },
    },
  };
  project.write(".github/workflows/coverage.yml", stringify(workflow));
}

function expression(text: string): string {
  return `\${{ ${text} }}`;
}
