import type { Context } from "../../../packages/frame/context.ts";
import { UserError } from "../../../packages/frame/errors.ts";
import type { Outputs } from "../../../packages/frame/manifest.ts";
import type { Outcome } from "../../../packages/frame/outcome.ts";
import { collect, defaultReports } from "./collect.ts";
import { deliver, type Subject } from "./deliver.ts";
import { describe } from "./describe.ts";
import { absentOf, readExpected } from "./expected.ts";
import { takeOver } from "./handed-over.ts";
import type manifest from "./manifest.ts";
import type { Gate, ReportInputs, ReportPorts } from "./model.ts";
import { headlineOf, worstVerdict } from "./verdict.ts";

export type ReportOutputs = Outputs<typeof manifest>;

/**
 * Merges what all gates of a run have said into one verdict, and tells it once: in the summary, in the one comment, and where asked for in a check run. With
 * `run-id` it tells what another run was not allowed to.
 */
export async function run(inputs: ReportInputs, ports: ReportPorts, context: Context): Promise<Outcome<ReportOutputs>> {
  const expected = readExpected(inputs.expected ?? []);
  if (inputs["run-id"] !== undefined && inputs.reports !== undefined)
    throw new UserError("run-id: it reads the reports of another run, so `reports` must not be given with it.");
  const found = await gather(inputs, inputs["run-id"], ports, context);
  if ("nothing" in found) return nothingToDo(found.nothing);
  const gates = [...found.gates, ...absentOf(expected, found.gates)];
  if (gates.length === 0) {
    const where = inputs.reports === undefined ? "where this job's actions write theirs" : `for the globs ${inputs.reports.join(", ")}`;
    throw new UserError(`reports: there is no report ${where}.`, { exitCode: 3 });
  }
  const verdict = worstVerdict(gates);
  const headline = headlineOf(gates);
  const told = await deliver({ gates, verdict, headline, subject: found.subject }, inputs, ports, context);
  if (told.nothing !== undefined) return nothingToDo(told.nothing);
  return {
    verdict,
    headline,
    outputs: {
      verdicts: verdictsOf(gates),
      comment: told.comment,
      artifact: told.artifact,
      "pull-request": found.subject.pull,
    },
    report: describe({ gates, previous: told.previous, headSha: found.subject.headSha, notes: told.notes }),
    ...(found.unreadable ? { exitCode: 2 } : {}),
  };
}

type Found = { readonly nothing: string } | { readonly gates: readonly Gate[]; readonly unreadable: boolean; readonly subject: Subject };

async function gather(inputs: ReportInputs, other: number | undefined, ports: ReportPorts, context: Context): Promise<Found> {
  if (other !== undefined) {
    if (inputs.token === undefined || inputs.token === "") throw new UserError("token: it is needed to read the run that `run-id` names.");
    const github = await ports.github.open(inputs.token, context.event);
    const taken = await takeOver(other, { key: keyOf(context.id), id: context.id }, github, ports.deflate, context.event);
    if ("nothing" in taken) return taken;
    const { gates, ...about } = taken;
    return { gates, unreadable: false, subject: { ...about, takenOver: true, key: keyOf(context.id) } };
  }
  const { pullRequest, mergeGroup, sha, runId, runAttempt } = context.event;
  const { gates, unreadable } = await collect(inputs.reports ?? defaultReports(context.reportPath), ports.files);
  const headSha = pullRequest?.headSha ?? mergeGroup?.headSha ?? sha;
  const run = `${runId}.${runAttempt}`;
  return { gates, unreadable, subject: { pull: pullRequest?.number, headSha, run, takenOver: false, key: keyOf(context.id) } };
}

/** The comment's marker: the same as of a comment that the frame would post. */
function keyOf(id: string): string {
  return id === "" ? "report" : `report.${id}`;
}

function nothingToDo(reason: string): Outcome<ReportOutputs> {
  return {
    verdict: "neutral",
    headline: reason,
    outputs: { verdicts: "{}", comment: undefined, artifact: undefined, "pull-request": undefined },
    report: { rules: [], findings: [], sections: [], data: {} },
  };
}

/** Of two reports with one name the worse counts. */
function verdictsOf(gates: readonly Gate[]): string {
  const verdicts = new Map<string, string>();
  for (const { name } of gates) verdicts.set(name, worstVerdict(gates.filter((gate) => gate.name === name)));
  return JSON.stringify(Object.fromEntries(verdicts));
}
