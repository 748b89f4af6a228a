import { latin1 } from "../../../actions/secret-scan/adapters/machine.ts";
import { Matcher } from "../../../actions/secret-scan/src/engine/matcher.ts";
import type { Rule } from "../../../actions/secret-scan/src/model.ts";
import { emitPattern } from "../../../actions/secret-scan/src/regex/emit.ts";
import { parsePattern } from "../../../actions/secret-scan/src/regex/parse.ts";
import type { Dice } from "./samples.ts";

const patterns: readonly (readonly [source: string, ...keywords: string[]])[] = [
  ["tok_[a-z0-9]{4,9}", "tok_"],
  ["(?i)(?:key|word)\\s{0,3}=\\s{0,3}([a-z0-9]{3,12})", "key", "word"],
  ["[a-z]{0,6}key[0-9]{2,}", "key"],
  ["\\bword:[^\\n]+", "word"],
  ["(?s)begin.{2,40}?end", "begin"],
  ["(?s)begin.*?end", "begin", "end"],
  ["(?m)^cfg [^ ]+$", "cfg"],
  ["^cfg|end$", "cfg", "end"],
  ["[^a]{1,5}tok_.{0,4}", "tok_"],
  ["(?:a|b){2,8}cfg(?:\\W|$)", "cfg", "x"],
  ["[0-9]{4,}", "key"],
  ["\\pL+=\\pN{2}", "="],
  ["aa?", "a"],
  ["end\\B.?", "end"],
  ["word(?:-word)*", "word"],
];
const pieces = [
  "tok_",
  "key",
  "KEY",
  "word",
  "Word",
  ":",
  "=",
  " ",
  "  ",
  "\n",
  "begin",
  "end",
  "cfg",
  "cfg ",
  "a",
  "ab",
  "b",
  "é",
  "😀",
  "12",
  "3456",
  "-",
  "x",
  "\r\n",
  "tok_tok_",
];

function ruleOf([source, ...keywords]: (typeof patterns)[number], index: number): Rule {
  return {
    id: `r${index}`,
    title: "",
    why: "",
    revoke: "",
    level: "high",
    keywords,
    generic: false,
    finder: { kind: "pattern", source, guarded: false, binary: true },
  };
}

const rules = patterns.map(ruleOf);
const matcher = new Matcher(rules, latin1);

/** What the whole text holds when each pattern reads all of it: `rule start end`, sorted. */
function plain(text: string): string[] {
  return rules
    .flatMap(({ keywords }, index) => {
      if (!keywords.some((keyword) => text.toLowerCase().includes(keyword))) return [];
      const regex = new RegExp(emitPattern(parsePattern(patterns[index]?.[0] ?? "").root), "g");
      return [...text.matchAll(regex)].flatMap(({ 0: found, index: at }) => placeOf(found, index, at));
    })
    .sort();
}

function placeOf(found: string, rule: number, at: number): string[] {
  const trimmed = found.replace(/^\n+|\n+$/g, "");
  if (trimmed === "") return [];
  const lead = /^\n*/.exec(found)?.[0].length ?? 0;
  return [`${rule} ${at + Math.min(lead, 1)} ${at + lead + trimmed.length}`];
}

/** A text that the engine and a plain search of the whole text tell differently; `undefined` where they agree. */
export function disagreement(dice: Dice): string | undefined {
  const filling = dice.below(4) === 0 ? dice.text("abcxyz \n", dice.below(3_000)) : "";
  const parts = Array.from({ length: dice.below(40) }, () => dice.pick(pieces));
  parts.splice(dice.below(parts.length + 1), 0, filling);
  const bytes = Buffer.from(parts.join(""));
  const before = dice.below(2) === 0 ? 0 : 1 + dice.below(20);
  const whole = Buffer.concat([Buffer.alloc(before, "k"), bytes, Buffer.alloc(before, "e")]);
  const kind = { kind: "other", test: false, settings: false } as const;
  const found = matcher
    .find({ bytes: whole, start: before, end: before + bytes.length, kind, path: "a", binary: false })
    .map(({ rule, start, end }) => `${rule} ${start - before} ${end - before}`)
    .sort();
  const expected = plain(bytes.toString("latin1"));
  if (found.join() === expected.join()) return undefined;
  const only = (these: readonly string[], those: readonly string[]): string[] => these.filter((one) => !those.includes(one));
  return JSON.stringify({ text: bytes.toString(), missing: only(expected, found), extra: only(found, expected) });
}
