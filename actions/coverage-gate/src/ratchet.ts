import { UserError } from "../../../packages/frame/errors.ts";
import type { Files } from "../../../packages/frame/ports.ts";
import { compare, percentText } from "./fraction.ts";
import type { Ratio } from "./model.ts";
import type { Counting } from "./totals.ts";

/** The best total so far, as the repository remembers it. */
export interface Ratchet {
  readonly path: string;
  /** `undefined` as long as there is no file. */
  readonly best: Ratio | undefined;
}

const longest = 64 * 1024;

/** Throws a `UserError` (exit code 2) for a file that is not a ratchet, or one that counts something else. */
export async function readRatchet(path: string, files: Files, counting: Counting): Promise<Ratchet> {
  if ((await files.stat(path)) === undefined) return { path, best: undefined };
  const value = parse(await files.readText(path, longest), path);
  const { schema, metric, covered, total } = value;
  const partialLines = value["partial-lines"];
  if (schema !== "forge-ratchet/1")
    throw new UserError(`ratchet: ${path} is not a ratchet file. Remove it to start anew, or name another path.`);
  if (metric !== counting.metric || partialLines !== counting.partialLines) {
    const now = `${counting.metric} with partial-lines: ${counting.partialLines}`;
    throw new UserError(
      `ratchet: ${path} remembers ${String(metric)} with partial-lines: ${String(partialLines)}, but this run counts ${now}. Remove it to start anew.`,
    );
  }
  if (!isCount(covered) || !isCount(total) || covered > total || total === 0) {
    throw new UserError(`ratchet: ${path}: \`covered\` and \`total\` must be whole numbers, with \`covered\` at most \`total\`.`);
  }
  return { path, best: { covered, total } };
}

function parse(text: string, path: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new UserError(`ratchet: ${path} is not JSON.`, { cause });
  }
  throw new UserError(`ratchet: ${path} is not a ratchet file.`);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** Writes the file where it is new or the total is better: never lower. Says what it did. */
export async function raiseRatchet({ path, best }: Ratchet, ratio: Ratio, files: Files, counting: Counting): Promise<string | undefined> {
  if (ratio.total === 0 || (best !== undefined && compare(ratio, best) <= 0)) return undefined;
  const content = {
    schema: "forge-ratchet/1",
    metric: counting.metric,
    "partial-lines": counting.partialLines,
    covered: ratio.covered,
    total: ratio.total,
    coverage: percentText(ratio),
  };
  await files.write(path, `${JSON.stringify(content, null, 2)}\n`);
  const from = best === undefined ? "created at" : `raised from ${percentText(best)}% to`;
  return `The ratchet ${path} was ${from} ${percentText(ratio)}%. Commit it to keep it.`;
}
