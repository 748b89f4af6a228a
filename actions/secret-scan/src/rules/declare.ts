import type { CheckName, Level, Rule } from "../model.ts";

export interface TokenOptions {
  readonly level?: Level;
  readonly check?: CheckName;
  readonly entropy?: number;
  /** Where the keyword is not the token's beginning. */
  readonly keywords?: readonly string[];
  readonly why?: string;
}

const usual = "Whoever has it can act in your name with this service.";

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

/** A token with a beginning of its own: `prefix` literally, then `body` (Go's regexp syntax). */
export function token(id: string, title: string, prefix: string, body: string, revoke: string, options: TokenOptions = {}): Rule {
  return shaped(id, title, options.keywords ?? [prefix.toLowerCase()], `${quoted(prefix)}${body}`, revoke, options);
}

/** A token that is known by its whole shape; `keywords` are texts of which each holds at least one. */
export function shaped(
  id: string,
  title: string,
  keywords: readonly string[],
  source: string,
  revoke: string,
  options: TokenOptions = {},
): Rule {
  const { level = "high", check, entropy, why = usual } = options;
  const finder = {
    kind: "pattern",
    source,
    guarded: true,
    // In binary files chance makes every short text.
    binary: keywords.every((keyword) => keyword.length >= 4),
    ...(check === undefined ? {} : { check }),
    ...(entropy === undefined ? {} : { entropy }),
  } as const;
  return { id, title, why, revoke, level, keywords, generic: false, finder };
}

/** What may stand between a service's name and the value: the rest of the name, an operator, quotes. */
const between = "[\\w \\t.'\"\\[\\]-]{0,40}?(?:\\|\\||:=|=>|[=:(,>])[ \\t=>'\"(\\[{\\x60b]{0,8}";

/** A value without a shape of its own, told by the service's name in front of it on the same line. */
export function named(
  id: string,
  title: string,
  names: readonly string[],
  value: string,
  revoke: string,
  options: TokenOptions = {},
): Rule {
  const { level = "high", entropy = 3, why = usual } = options;
  const source = `(?i:${names.map(quoted).join("|")})${between}(${value})`;
  const keywords = names.map((name) => name.toLowerCase());
  return {
    id,
    title,
    why,
    revoke,
    level,
    keywords,
    generic: false,
    finder: { kind: "pattern", source, entropy, guarded: true, unshaped: true, binary: false },
  };
}

export const hex = "[0-9a-f]";
export const alnum = "[0-9A-Za-z]";
export const word = "[\\w-]";
export const uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
export const base64 = "[0-9A-Za-z+/]";
