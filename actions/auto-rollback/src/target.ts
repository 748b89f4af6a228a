import { UserError } from "../../../packages/frame/errors.ts";
import { type Attempt, type Book, executedAt, goodMark, isBad, type Mark } from "../../../packages/releases/book.ts";
import type { Asked } from "./asked.ts";
import type { Running } from "./ports.ts";
import { type Rail, stops } from "./reason.ts";

/** Where to go back to; or why there is nowhere; or that somebody has done it already. */
export type Choice = { readonly target: Mark } | { readonly stop: Rail } | { readonly already: string };

/** The one release that is to be left. A half-done rollback shows two; of those the one that is not known to be good is meant. */
export function releaseToLeave(running: Running, book: Book, to: string): string {
  if (running.others.length === 0) return running.release;
  const all = [running.release, ...running.others];
  const left = all.filter((release) => release !== to && (goodMark(book, release) === undefined || isBad(book, release)));
  const [only] = left;
  if (only !== undefined && left.length === 1) return only;
  throw new UserError(
    `Its parts run different releases (${all.slice(0, 5).join(", ")}), and it is not known which of them is to be left.`,
    { exitCode: 3 },
  );
}

/** The newest release that is verified good, is not the one that runs and is not known to be bad; or the one that was asked for. */
export function chooseTarget(book: Book, from: string, asked: Asked, to: string): Choice {
  if (to !== "") return chosenByHand(book, from, to);
  const candidates = book.good.filter(({ release }) => !isBad(book, release));
  const newest = candidates.at(-1);
  if (newest?.release === from && !isUnderJudgement(newest, asked)) return standsOnNewest(from, asked);
  const target = candidates.findLast(({ release }) => release !== from);
  if (target !== undefined) return { target };
  const why = candidates.length === 0 ? "no release is marked good" : `${from} itself is the only release that is marked good`;
  return { stop: stops("target", "no-verified-good", why) };
}

function chosenByHand(book: Book, from: string, to: string): Choice {
  const mark = isBad(book, to) ? undefined : goodMark(book, to);
  if (to === from) {
    return mark === undefined
      ? { stop: stops("target", "target-is-current", `${to} is what runs now`) }
      : { already: `${to} runs already` };
  }
  if (mark !== undefined) return { target: mark };
  return { stop: stops("target", "no-verified-good", isBad(book, to) ? `${to} is known to be bad` : `${to} was never marked good`) };
}

/** Whether the failing deployment is the very one that brought this release. */
function isUnderJudgement(mark: Mark, asked: Asked): boolean {
  return asked.deployment !== "" && (mark.deployment === asked.deployment || mark.release === asked.deployment);
}

/**
 * The newest good release runs, and something fails. Either it went bad itself, or somebody has gone back to it already: then going back once more would
 * be one release too far. A deployment that is not the one that brought it speaks for the latter.
 */
function standsOnNewest(from: string, { deployment }: Asked): Choice {
  if (deployment !== "") return { already: `${from}, the newest release that is marked good, runs already` };
  const why = `${from} is itself the newest release that is marked good; mark it bad, or say which deployment failed, if it has to be left`;
  return { stop: stops("target", "target-is-current", why) };
}

/**
 * The automatic rollback of this environment that keeps another one from being made. One that lies ahead of `now` counts too: clocks differ, GitHub's by up to
 * a second from one answer to the next. No window is no limit, whatever the clocks say.
 */
export function recentAutomatic(books: readonly Book[], now: number, window: number): Attempt | undefined {
  if (window === 0) return undefined;
  return books
    .flatMap(({ attempts }) => attempts)
    .find((attempt) => {
      const at = executedAt(attempt);
      return attempt.automatic && at !== undefined && now - Date.parse(at) < window;
    });
}

/** The rollback that put what runs now where it is; `undefined` where it was deployed in the ordinary way since. */
export function rollbackBehind(book: Book, from: string): Attempt | undefined {
  const last = book.attempts.findLast((attempt) => executedAt(attempt) !== undefined && !["reverted", "proposed"].includes(attempt.state));
  if (last === undefined || last.plan.to !== from) return undefined;
  const mark = goodMark(book, from);
  const again = mark !== undefined && mark.deployment !== "" && mark.deployment !== last.deployment && mark.at > (executedAt(last) ?? "");
  return again ? undefined : last;
}
