import { describe, expect, it } from "vitest";
import { emitPattern } from "../../../actions/secret-scan/src/regex/emit.ts";
import { PatternFault, parsePattern } from "../../../actions/secret-scan/src/regex/parse.ts";

/** What a pattern finds, as text. */
function matches(pattern: string, text: string | Buffer): string[] {
  const regex = new RegExp(emitPattern(parsePattern(pattern).root), "g");
  return [...Buffer.from(text).toString("latin1").matchAll(regex)].map(([found]) => Buffer.from(found, "latin1").toString());
}

describe("a pattern of Go's regexp", () => {
  it.each([
    ["counts characters, not bytes", "^.{3}$", "äöü", ["äöü"]],
    ["has classes beyond ASCII", "[а-я]+", "пароль Tür", ["пароль"]],
    ["has negated classes beyond ASCII", "[^é]+", "aéü", ["a", "ü"]],
    ["folds letters beyond ASCII", "(?i)ÉCOLE", "école", ["école"]],
    ["knows Unicode classes", "\\pL+", "straße λ 1", ["straße", "λ"]],
    ["knows scripts and their complements", "\\P{Greek}+", "aλb", ["a", "b"]],
    ["repeats the last character of a quotation", "\\Qa.\\E+", "a... ab", ["a..."]],
    ["prefers nothing where nothing comes first", "x(?:|y)?", "xy", ["x"]],
    ["takes what is no UTF-8 as one character", "a.b", Buffer.from([97, 0xe9, 98]), ["a\ufffdb"]],
  ])("%s", (_, pattern, text, expected) => {
    expect(matches(pattern, text)).toEqual(expected);
  });

  it.each(["a**", "a{2}{3}", "a{1001}", "(a{40}){40}", "(?P<n>a)(?P<n>b)", "a|{2}", "[a-\\d]", "\\p{Nope}", "(?=a)", "\\Z", "\\1"])(
    "refuses %s",
    (pattern) => {
      expect(() => parsePattern(pattern)).toThrow(PatternFault);
    },
  );
});
