import { UserError } from "../../../packages/frame/errors.ts";
import type { Event } from "../../../packages/frame/event.ts";
import { printableLine } from "../../../packages/frame/printable.ts";
import { shortCommit } from "../../../packages/report/wording.ts";
import type { ArtifactFacts, Gate, GitHub, PullFacts, ReportPorts, RunFacts } from "./model.ts";
import { artifactName, parcelLimits, unpack } from "./parcel.ts";
import { readPrevious } from "./previous.ts";
import { readZip } from "./zip.ts";

/** What another run has left to be posted, and where; or why there is nothing to post. */
export type HandedOver =
  | { readonly nothing: string }
  | { readonly gates: readonly Gate[]; readonly pull: number; readonly headSha: string; readonly runUrl: string; readonly run: string };

/** Events whose runs speak of a pull request with the head's own commit. */
const proposals = new Set(["pull_request", "pull_request_review", "pull_request_review_comment"]);

/**
 * The privileged half. What the other run left is a stranger's; GitHub's own word about that run is not. So the pull request that the artifact names must
 * have the commit that GitHub says the run tested, and come from the repository that GitHub says the run came from.
 */
export async function takeOver(
  runId: number,
  { key, id }: { readonly key: string; readonly id: string },
  github: GitHub,
  deflate: ReportPorts["deflate"],
  event: Event,
): Promise<HandedOver> {
  const run = await github.run(runId);
  if (run === undefined) throw new UserError(`run-id: there is no run ${runId} in ${event.repository}.`, { exitCode: 3 });
  const nothing = reasonForNothing(run);
  if (nothing !== undefined) return { nothing };
  const name = artifactName(id);
  const artifact = (await github.artifacts(run.id, name)).find(({ expired }) => !expired);
  if (artifact === undefined) return withoutArtifact(run, name, key, github);
  const { letter, gates } = unpack(await filesOf(artifact, github, deflate));
  const number = letter.pullRequest ?? 0;
  if (letter.headSha !== run.headSha) {
    throw new UserError(
      `The artifact is refused: it says that it is about commit ${shortCommit(letter.headSha)}, and run ${run.id} tested ${shown(run.headSha)}.`,
    );
  }
  const moved = await verify(number, run, github);
  if (moved !== undefined) return { nothing: moved };
  const runUrl = `${event.serverUrl}/${event.repository}/actions/runs/${run.id}`;
  return { gates, pull: number, headSha: run.headSha, runUrl, run: `${run.id}.${run.attempt}` };
}

function shown(sha: string): string {
  return printableLine(shortCommit(sha), 100);
}

function reasonForNothing(run: RunFacts): string | undefined {
  if (!proposals.has(run.event))
    return `Run ${run.id} is not of a pull request (${printableLine(run.event, 100)}): there is nothing to post.`;
  if (run.status !== "" && run.status !== "completed")
    throw new UserError(`run-id: run ${run.id} is still going on (${printableLine(run.status, 80)}).`, { exitCode: 3 });
  if (["cancelled", "skipped", "action_required", "stale"].includes(run.conclusion))
    return `Run ${run.id} has no verdict (${run.conclusion}): there is nothing to post.`;
  return undefined;
}

async function filesOf(artifact: ArtifactFacts, github: GitHub, deflate: ReportPorts["deflate"]) {
  const { packedBytes, zip } = parcelLimits;
  if (artifact.size > packedBytes)
    throw new UserError(`The artifact is refused: it has ${artifact.size} bytes, and at most ${packedBytes} are allowed.`);
  return readZip(await github.download(artifact.id, packedBytes), zip, deflate);
}

/** Undefined where the number is right; a reason where the pull request has moved on since; else a refusal. */
async function verify(number: number, run: RunFacts, github: GitHub): Promise<string | undefined> {
  const pull = await github.pull(number);
  if (pull === undefined)
    throw new UserError(`The artifact is refused: it names pull request ${number}, which does not exist, or this token may not see it.`);
  if (pull.headSha === run.headSha && sameHome(pull, run)) return undefined;
  if (sameHome(pull, run) && pull.headBranch === run.headBranch && (await github.commits(number)).includes(run.headSha))
    return `Pull request ${number} has newer commits than ${shown(run.headSha)}: their own run is reported.`;
  throw new UserError(
    `The artifact is refused: it names pull request ${number}, whose head is ${shown(pull.headSha)} of ${home(pull)}, and run ${run.id} tested ${shown(run.headSha)} of ${home(run)}.`,
  );
}

/** Anyone can open a pull request with somebody else's commit; the repository that it comes from cannot be chosen. */
function sameHome(pull: PullFacts, run: RunFacts): boolean {
  if (pull.headRepository === undefined || run.headRepository === undefined) return true;
  return pull.headRepository.toLowerCase() === run.headRepository.toLowerCase();
}

function home({ headRepository }: Pick<PullFacts, "headRepository">): string {
  if (headRepository === undefined) return "a repository that is not named";
  return headRepository === "" ? "a repository that is gone" : printableLine(headRepository, 200);
}

/** Runs whose token could write have posted their comment themselves and left nothing. */
async function withoutArtifact(run: RunFacts, name: string, key: string, github: GitHub): Promise<HandedOver> {
  const found = run.pulls.length > 0 ? [] : await github.pullsFrom(run.headRepository, run.headBranch);
  const likely = found.toSorted((a, b) => Number(b.headSha === run.headSha) - Number(a.headSha === run.headSha) || b.number - a.number);
  for (const number of [...run.pulls, ...likely.map((pull) => pull.number)].slice(0, 3)) {
    const previous = readPrevious(await github.comment(number, key));
    if (previous?.headSha === run.headSha)
      return { nothing: `Pull request ${number} has the comment about ${shown(run.headSha)} already.` };
  }
  if (found.length > 0 && found.every(({ headSha }) => headSha !== run.headSha))
    return { nothing: `The pull request has newer commits than ${shown(run.headSha)}: their own run is reported.` };
  throw new UserError(`Run ${run.id} has left no artifact ${name}, and no comment about ${shown(run.headSha)} is there.`, { exitCode: 3 });
}
