import { asBytes } from "./allow.ts";
import { compileTest } from "./engine/compile.ts";
import type { Occurrence, Rule } from "./model.ts";

/** Findings of rules that look at paths alone. */
export function pathOccurrences(paths: readonly string[], rules: readonly Rule[]): Occurrence[] {
  return [...rules.entries()].flatMap(([index, rule]) => {
    if (rule.finder.kind !== "path" || rule.limits?.path === undefined) return [];
    const pattern = compileTest(rule.id, rule.limits.path);
    return paths.filter((path) => pattern.test(asBytes(path))).map((path) => occurrenceOf(index, path));
  });
}

function occurrenceOf(rule: number, path: string): Occurrence {
  return {
    detection: { rule, secret: "", line: 1, endLine: 1, column: 1, endColumn: 1, entropy: 0, inline: false },
    path,
    hash: "000000000000",
  };
}
