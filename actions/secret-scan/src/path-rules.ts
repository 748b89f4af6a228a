import { asBytes } from "./allow.ts";
import { compileTest } from "./engine/compile.ts";
import type { FoundPath, Occurrence, Rule } from "./model.ts";

/** Findings of rules that look at paths alone. */
export function pathOccurrences(paths: readonly FoundPath[], rules: readonly Rule[]): Occurrence[] {
  return [...rules.entries()].flatMap(([index, rule]) => {
    if (rule.finder.kind !== "path" || rule.limits?.path === undefined) return [];
    const pattern = compileTest(rule.id, rule.limits.path);
    return paths.filter(({ path }) => pattern.test(asBytes(path))).map((found) => occurrenceOf(index, found));
  });
}

function occurrenceOf(rule: number, found: FoundPath): Occurrence {
  return {
    detection: { rule, secret: "", line: 1, endLine: 1, column: 1, endColumn: 1, entropy: 0, inline: false },
    ...found,
    hash: "000000000000",
  };
}
