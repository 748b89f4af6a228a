import type { Token } from "./tokens.ts";
import { tokenize } from "./tokens.ts";

const guarded =
  /^\s*BEGIN\s([\s\S]*?)\sEXCEPTION\s+WHEN\s+duplicate_(?:object|table|column)\s+(?:OR\s+duplicate_(?:object|table|column)\s+)?THEN\s+NULL\s*;\s*END\s*;?\s*$/i;

/**
 * The statements of a `DO` block that only lets them be done already (`EXCEPTION WHEN duplicate_object THEN null`), as Drizzle and others write it.
 * `undefined` for every other block.
 */
export function guardedStatements(tokens: readonly Token[]): readonly (readonly Token[])[] | undefined {
  const body = tokens[1];
  if (tokens.length !== 2 || body?.kind !== "text") return undefined;
  const inside = guarded.exec(body.value)?.[1];
  if (inside === undefined) return undefined;
  const { statements, torn } = tokenize(inside);
  const simple = statements.every(
    ([first, second]) =>
      first?.kind === "word" && ["create", "alter"].includes(first.value) && ["type", "table"].includes(second?.value ?? ""),
  );
  return torn === undefined && simple ? statements : undefined;
}
