import { UserError } from "../../../../packages/frame/errors.ts";
import type { PatternFinder, Rule } from "../model.ts";
import { emitPattern } from "../regex/emit.ts";
import { canCrossLines, headSets, lengthOf, mustHold, startTexts } from "../regex/measure.ts";
import { PatternFault, parsePattern } from "../regex/parse.ts";
import type { ByteSet } from "../regex/tree.ts";

/**
 * How much of a text a pattern has to see, proven from its tree:
 * - `start`: every match begins with a keyword, so the pattern is tried there alone.
 * - `around`: every match holds a keyword and has a longest length.
 * - `lines`: every match holds a keyword and no line break.
 * - `whole`: nothing can be proven.
 */
export type Mode = "start" | "around" | "lines" | "whole";

export interface CompiledPattern {
  readonly mode: Mode;
  readonly regex: RegExp;
  /** Bytes; `Infinity` where nothing bounds it. */
  readonly longest: number;
  readonly heads: readonly ByteSet[];
}

export function compilePattern(rule: Rule, finder: PatternFinder): CompiledPattern {
  const { root } = parseOrRefuse(`rule "${rule.id}"`, finder.source, finder.guarded);
  const { max } = lengthOf(root);
  const mode = modeOf(rule.keywords, root, max);
  return {
    mode,
    regex: new RegExp(emitPattern(root), mode === "start" ? "y" : "g"),
    longest: max,
    heads: mode === "start" ? headSets(root) : [],
  };
}

function modeOf(keywords: readonly string[], root: ReturnType<typeof parsePattern>["root"], max: number): Mode {
  const starts = [...startTexts(root)];
  if (keywords.length > 0 && starts.every((text) => keywords.some((keyword) => text.startsWith(keyword)))) return "start";
  if (!mustHold(root, keywords)) return "whole";
  if (max !== Number.POSITIVE_INFINITY) return "around";
  return canCrossLines(root) ? "whole" : "lines";
}

/** `owner`: whose pattern it is, and where it stands, for the error. `bytes`: as in `parsePattern`. */
export function parseOrRefuse(owner: string, source: string, bytes = false): ReturnType<typeof parsePattern> {
  try {
    return parsePattern(source, bytes);
  } catch (error) {
    if (!(error instanceof PatternFault)) throw error;
    throw new UserError(`${owner} has a pattern with ${error.message}: ${source.slice(0, 200)}`);
  }
}

/** A pattern of an allowlist: tested on text that was decoded byte by byte. */
export function compileTest(owner: string, source: string): RegExp {
  return new RegExp(emitPattern(parseOrRefuse(owner, source).root));
}
