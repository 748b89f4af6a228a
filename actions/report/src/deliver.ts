import type { Context } from "../../../packages/frame/context.ts";
import { UserError } from "../../../packages/frame/errors.ts";
import { runUrl } from "../../../packages/frame/event.ts";
import type { Verdict } from "../../../packages/frame/outcome.ts";
import { describe } from "./describe.ts";
import type { CheckRun, Gate, GitHub, Posted, ReportInputs, ReportPorts } from "./model.ts";
import { artifactName, pack } from "./parcel.ts";
import { isTold, longestLine, type Previous, readPrevious, verdictLine } from "./previous.ts";
import { writeZip } from "./zip.ts";

/** What is reported about, and where it goes. */
export interface Subject {
  readonly pull: number | undefined;
  readonly headSha: string;
  /** The run that was judged, with its attempt: `1234.1`. */
  readonly run: string;
  /** The page of the run that was judged, where it is not this one. */
  readonly runUrl?: string;
  /** Posted for another run: then a comment that cannot be posted is no answer at all. */
  readonly takenOver: boolean;
  readonly key: string;
}

export interface Answer {
  readonly gates: readonly Gate[];
  readonly verdict: Verdict;
  readonly headline: string;
  readonly subject: Subject;
}

export interface Delivered {
  /** Why nothing was written for another run. */
  readonly nothing: string | undefined;
  readonly comment: string | undefined;
  readonly artifact: string | undefined;
  readonly previous: Previous | undefined;
  readonly notes: readonly string[];
}

interface Tried {
  readonly posted: Posted;
  readonly previous: Previous | undefined;
  /** Why there is nothing to post. */
  readonly nothing: string | undefined;
}

const noToken: Tried = { posted: { skipped: "no token" }, previous: undefined, nothing: undefined };

/** The comment, the check run, and where the token may not write the artifact for the run that may. None of it changes the verdict. */
export async function deliver(answer: Answer, inputs: ReportInputs, ports: ReportPorts, context: Context): Promise<Delivered> {
  const { subject } = answer;
  const notes: string[] = [];
  const wanted = inputs.comment && subject.pull !== undefined;
  const checked = inputs["check-run"] !== undefined;
  const token = inputs.token ?? "";
  const github = token !== "" && (wanted || checked) ? await ports.github.open(token, context.event) : undefined;
  const tried = wanted ? await (github === undefined ? noToken : post(answer, github, ports, context)) : undefined;
  const nothing = tried?.nothing;
  const posted = nothing === undefined ? tried?.posted : undefined;
  if (nothing !== undefined && subject.takenOver)
    return { nothing, comment: undefined, artifact: undefined, previous: tried?.previous, notes };
  if (posted !== undefined && "skipped" in posted) notes.push(noComment(posted.skipped, subject));
  if (checked) {
    const refused =
      github === undefined ? { skipped: "no token" } : await github.check(await checkOf(answer, tried?.previous, inputs, ports, context));
    if (refused !== undefined) notes.push(`No check run was written: ${refused.skipped}.`);
  }
  const artifact = await handOver(answer, posted, inputs, ports, context, notes);
  return {
    comment: posted !== undefined && "url" in posted ? posted.url : undefined,
    artifact,
    previous: tried?.previous,
    notes,
    nothing: undefined,
  };
}

function noComment(reason: string, { takenOver, pull }: Subject): string {
  if (takenOver) throw new UserError(`No comment was posted on pull request ${pull ?? ""}: ${reason}.`, { exitCode: 3 });
  return `No comment was posted: ${reason}.`;
}

async function post(answer: Answer, github: GitHub, ports: ReportPorts, context: Context): Promise<Tried> {
  const { gates, subject } = answer;
  let previous: Previous | undefined;
  let nothing: string | undefined;
  const posted = await github.post(subject.pull ?? 0, subject.key, async (before) => {
    previous = readPrevious(before);
    nothing = reasonForSilence(before, previous, answer);
    if (nothing !== undefined) return undefined;
    return verdictLine(gates, subject) + (await markdownOf(answer, previous, ports, context));
  });
  return { posted, previous, nothing };
}

/** quality-gate's own report says that nothing which it looks at has changed: that corrects a comment, and is worth none by itself. */
function reasonForSilence(before: string | undefined, previous: Previous | undefined, { gates, subject }: Answer): string | undefined {
  const pull = `Pull request ${subject.pull ?? ""}`;
  if (subject.takenOver && isTold(previous, gates, subject)) return `${pull} has the comment of this run already.`;
  const idle = gates.every(({ report, verdict }) => report?.action === "quality-gate" && verdict === "neutral");
  return idle && before === undefined ? `${pull} needs no comment: nothing was judged.` : undefined;
}

async function markdownOf(answer: Answer, previous: Previous | undefined, ports: ReportPorts, context: Context): Promise<string> {
  const { gates, verdict, headline, subject } = answer;
  const url = subject.runUrl ?? runUrl(context.event);
  const report = {
    ...describe({ gates, previous, headSha: subject.headSha, notes: [] }),
    action: "report",
    id: context.id,
    verdict,
    headline,
    outputs: {},
    inputs: {},
    commit: subject.headSha,
    enforced: true,
    ...(url === undefined ? {} : { runUrl: url }),
  };
  return ports.letter.write(report, longestLine);
}

async function checkOf(
  answer: Answer,
  previous: Previous | undefined,
  inputs: ReportInputs,
  ports: ReportPorts,
  context: Context,
): Promise<CheckRun> {
  const { gates, verdict, subject } = answer;
  const bad = verdict === "fail" || verdict === "unknown";
  // With `run-id`, `enforce` is about the step that posts and not about the gates.
  const enforced = inputs.enforce || subject.takenOver;
  return {
    name: inputs["check-run"] ?? "",
    headSha: subject.headSha,
    conclusion: bad ? (enforced ? "failure" : "neutral") : verdict === "pass" ? "success" : "neutral",
    title: `${verdict}: ${gates.length === 1 ? "1 gate" : `${gates.length} gates`}`,
    summary: await markdownOf(answer, previous, ports, context),
  };
}

/** `auto`: only where a pull request's comment could not be posted, because then somebody else has to. */
async function handOver(
  { gates, subject }: Answer,
  posted: Posted | undefined,
  inputs: ReportInputs,
  ports: ReportPorts,
  context: Context,
  notes: string[],
): Promise<string | undefined> {
  if (subject.takenOver || inputs.artifact === "never") return undefined;
  if (inputs.artifact === "auto" && (posted === undefined || "url" in posted)) return undefined;
  const name = artifactName(context.id);
  const { files, leftOut } = pack(gates, { pullRequest: subject.pull, headSha: subject.headSha }, ports.letter.clean);
  const sent = await ports.artifacts.upload(name, await writeZip(files, ports.deflate));
  if ("skipped" in sent) {
    notes.push(`The artifact ${name} was not uploaded: ${sent.skipped}.`);
    return undefined;
  }
  if (leftOut.length > 0)
    notes.push(`Too long for the artifact ${name}: ${leftOut.slice(0, 5).join(", ")}${leftOut.length > 5 ? " and more" : ""}.`);
  if (posted !== undefined) notes.push(`The artifact ${name} holds the report, for a workflow that may comment.`);
  return name;
}
