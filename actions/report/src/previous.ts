import type { Verdict } from "../../../packages/frame/outcome.ts";
import type { Gate } from "./model.ts";

/**
 * What the run before said, kept in the comment itself: it is read anyway, it is ours alone, and it needs no store. A second invisible line holds the commit
 * and the verdicts.
 */
export interface Previous {
  readonly headSha: string;
  /** The run and its attempt, as `1234.1`; `-` where nobody knows. */
  readonly run: string;
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

const opening = "<!-- forge-verdicts ";
const closing = " -->";
/** Bytes that the line may take from the comment. */
export const longestLine = 6_000;

/** Names and ids hold letters, digits, dots, underscores and dashes; two dashes could end the comment, so every second one is written otherwise. */
export function verdictLine(gates: readonly Gate[], { headSha, run }: Pick<Previous, "headSha" | "run">): string {
  let line = `${opening}${/^[0-9a-f]{40,64}$/.test(headSha) ? headSha : "-"} ${/^\d{1,20}\.\d{1,9}$/.test(run) ? run : "-"}`;
  for (const { name, verdict } of gates) {
    const word = ` ${name.replaceAll("--", "-%")}=${verdict}`;
    const told = /^[A-Za-z0-9._%-]{1,140}=[a-z]+$/.test(word.slice(1));
    if (told && line.length + word.length + closing.length < longestLine) line += word;
  }
  return `${line}${closing}\n`;
}

export function readPrevious(comment: string | undefined): Previous | undefined {
  const line = comment?.slice(0, longestLine).split("\n", 1)[0] ?? "";
  if (!line.startsWith(opening) || !line.endsWith(closing)) return undefined;
  const [headSha = "", run = "", ...words] = line.slice(opening.length, -closing.length).split(" ");
  const verdicts = new Map<string, Verdict>();
  for (const word of words) {
    const [, name = "", verdict] = /^([A-Za-z0-9._%-]+)=(pass|fail|neutral|unknown)$/.exec(word) ?? [];
    if (verdict !== undefined) verdicts.set(name.replaceAll("-%", "--"), verdict as Verdict);
  }
  return { headSha, run, verdicts };
}

/** Whether that comment is about this very run, or says the same of the same commit. */
export function isTold(
  previous: Previous | undefined,
  gates: readonly Gate[],
  { headSha, run }: Pick<Previous, "headSha" | "run">,
): boolean {
  if (previous === undefined || previous.headSha !== headSha || headSha === "-") return false;
  if (previous.run === run && run !== "-") return true;
  return previous.verdicts.size === gates.length && gates.every(({ name, verdict }) => previous.verdicts.get(name) === verdict);
}
