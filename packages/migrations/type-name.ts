import type { Token } from "./tokens.ts";

const typeEnds = [
  "not",
  "null",
  "default",
  "primary",
  "unique",
  "check",
  "references",
  "generated",
  "constraint",
  "collate",
  "using",
  "after",
  "first",
  "comment",
  "auto_increment",
];

/** A type as text in lower case without spaces that do not matter: `varchar(50)`, `timestamp with time zone`. */
export function typeOf(tokens: readonly Token[]): string {
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === "word" && typeEnds.includes(token.value)) break;
    words.push(token.value);
  }
  return words
    .join(" ")
    .replaceAll(/ ?([(),[\].]) ?/g, "$1")
    .replace(/^character varying/, "varchar");
}
