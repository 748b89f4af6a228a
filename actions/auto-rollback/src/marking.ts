import { type Book, isBad, type Mark, markBad, markGood } from "../../../packages/releases/book.ts";
import type { Session } from "./session.ts";
import type { Told } from "./told.ts";

/** `mark-good` and `mark-bad`: what a person, or a step of theirs, says of a release. */
export async function mark(session: Session): Promise<Told> {
  const { asked, provider } = session;
  const good = asked.operation === "mark-good";
  const running = asked.to === "" ? await provider.current() : undefined;
  const release = running?.release ?? (await provider.resolve(asked.to));
  const { book } = await session.shelf.read();
  const at = new Date(session.desk.now()).toISOString();
  const made = await session.mark(book, release, { at, why: `operation: ${asked.operation}`, commit: running?.commit ?? "" });
  if (!asked.dryRun) await write(session, made, good);
  const words = `${release} ${asked.dryRun ? "would be" : "is"} marked ${good ? "good" : "bad"} in ${asked.environment}`;
  return { decision: "nothing-to-do", reason: "", headline: words, from: running?.release ?? "", to: release, rails: [] };
}

const restTime = 3_600_000;

/** What passes is good: so day one teaches the ledger where to go back to. What is known to be bad stays so until a person says otherwise. */
export async function markPassing(session: Session): Promise<Told> {
  const { asked } = session;
  const { book } = await session.shelf.read();
  const running = await session.provider.current();
  const told = (headline: string): Told => ({ decision: "nothing-to-do", reason: "", headline, from: running.release, to: "", rails: [] });
  if (running.others.length > 0) return told("Nothing to do: the verdict is pass. Several releases run at once, so none was marked good");
  if (isBad(book, running.release))
    return told(`Nothing to do: the verdict is pass, but ${running.release} is known to be bad and was not marked good`);
  if (isFresh(book, running.release, asked.deployment, session.desk.now()))
    return told(`Nothing to do: the verdict is pass, and ${running.release} is marked good`);
  const at = new Date(session.desk.now()).toISOString();
  const made = await session.mark(book, running.release, { at, why: "verdict: pass", commit: running.commit });
  if (!asked.dryRun) await write(session, made, true);
  return told(`Nothing to do: the verdict is pass, and ${running.release} ${asked.dryRun ? "would be" : "is"} marked good`);
}

/** A check that passes every five minutes need not be written down every time. */
function isFresh({ good }: Book, release: string, deployment: string, now: number): boolean {
  const newest = good.at(-1);
  return newest?.release === release && newest.deployment === deployment && now - Date.parse(newest.at) < restTime;
}

async function write(session: Session, given: Mark, good: boolean): Promise<void> {
  await session.shelf.change(({ book }, at) => {
    const made = { ...given, at };
    const { release, commit, deployment, why } = made;
    const note = { kind: good ? "release.good" : "release.bad", data: { release, commit, deployment, why } };
    return { result: undefined, book: good ? markGood(book, made) : markBad(book, made), notes: [note] };
  });
}
