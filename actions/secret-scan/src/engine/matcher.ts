import type { PatternFinder, Rule } from "../model.ts";
import { passesCheck } from "./checks.ts";
import { type CompiledPattern, compilePattern } from "./compile.ts";
import { acceptsToken } from "./judge-token.ts";
import { buildKeywords, findKeywords, Hits, type KeywordTable } from "./keywords.ts";
import type { Match, Piece, Special } from "./piece.ts";
import { specials } from "./specials.ts";
import { type Latin1, utf8 } from "./text.ts";
import { Windows } from "./windows.ts";

/** Beyond this a match that must begin at a keyword is not followed; nobody's key is longer. */
const longestMatch = 65_536;
/** How much of a line is looked at on either side of a keyword. */
const longestLine = 1_048_576;

/** Looks for all rules in one text. Holds tables and compiled patterns, so one of them serves for a whole scan. */
export class Matcher {
  readonly rules: readonly Rule[];
  readonly #latin1: Latin1;
  readonly #table: KeywordTable;
  readonly #byKeyword: readonly Uint16Array[];
  readonly #always: readonly number[];
  readonly #patterns: (CompiledPattern | undefined)[];
  readonly #hits = new Hits();
  readonly #behind: Int32Array;
  readonly #windows: Windows;
  readonly #specials: readonly (Special | undefined)[];
  #matches: Match[] = [];
  /** `start, end` in turn of what looks like a token and cannot be one. */
  #refused: number[] = [];

  constructor(rules: readonly Rule[], latin1: Latin1) {
    this.rules = rules;
    this.#latin1 = latin1;
    const keywords = [...new Set(rules.flatMap((rule) => rule.keywords))];
    const places = new Map(keywords.map((keyword, index) => [keyword, index]));
    const lists: number[][] = keywords.map(() => []);
    for (const [index, rule] of rules.entries())
      for (const keyword of new Set(rule.keywords)) if (rule.finder.kind !== "path") lists[places.get(keyword) ?? 0]?.push(index);
    this.#table = buildKeywords(keywords);
    this.#byKeyword = lists.map((list) => Uint16Array.from(list));
    this.#always = [...rules.keys()].filter((index) => rules[index]?.keywords.length === 0 && rules[index]?.finder.kind === "pattern");
    this.#patterns = rules.map(() => undefined);
    this.#behind = new Int32Array(rules.length);
    this.#windows = new Windows(rules.length);
    this.#specials = rules.map(({ finder }) => (finder.kind === "special" ? specials[finder.name] : undefined));
  }

  /** Every match, by place; the list is the caller's. */
  find(piece: Piece): Match[] {
    const hits = this.#hits;
    this.#matches = [];
    this.#refused = [];
    findKeywords(this.#table, piece.bytes, piece.start, piece.end, hits);
    if (hits.count === 0 && this.#always.length === 0) return this.#matches;
    this.#behind.fill(piece.start);
    this.#windows.reset();
    const { pairs } = hits;
    for (let index = 0; index < hits.count; index++) this.#visit(piece, pairs[index * 2] as number, pairs[index * 2 + 1] as number);
    for (const rule of this.#always) this.#windows.whole(rule);
    this.#windows.flush(piece.start, piece.end, (rule, start, end) => this.#search(piece, rule, start, end));
    return this.#refused.length === 0 ? this.#matches : this.#matches.filter((match) => !this.#isRefused(match));
  }

  /** What its vendor cannot have issued is no secret under a general name either. */
  #isRefused({ rule, secretStart, secretEnd }: Match): boolean {
    if (this.rules[rule]?.generic !== true) return false;
    for (let at = 0; at < this.#refused.length; at += 2)
      if ((this.#refused[at] as number) < secretEnd && (this.#refused[at + 1] as number) > secretStart) return true;
    return false;
  }

  #visit(piece: Piece, end: number, state: number): void {
    for (const keyword of this.#table.ends[state] ?? []) {
      const start = end - (this.#table.lengths[keyword] as number);
      const rules = this.#byKeyword[keyword];
      if (rules === undefined) continue;
      for (let index = 0; index < rules.length; index++) this.#try(piece, rules[index] as number, start, end);
    }
  }

  #try(piece: Piece, index: number, start: number, end: number): void {
    if (start < (this.#behind[index] as number)) return;
    const special = this.#specials[index];
    if (special !== undefined) {
      if (piece.binary) return;
      const found = special(piece, start, end, this.#latin1);
      if (found !== undefined) this.#add(index, found.start, found.end, found.secretStart, found.secretEnd);
      return;
    }
    const pattern = this.#patterns[index] ?? this.#compile(index);
    if (pattern === undefined || (piece.binary && !this.#looksIntoBinaries(index))) return;
    if (pattern.mode === "start") this.#probe(piece, index, pattern, start);
    else if (pattern.mode === "whole") this.#windows.whole(index);
    else this.#widen(piece, index, pattern, start, end);
  }

  #compile(index: number): CompiledPattern | undefined {
    const rule = this.rules[index];
    if (rule?.finder.kind !== "pattern") return undefined;
    const pattern = compilePattern(rule, rule.finder);
    this.#patterns[index] = pattern;
    return pattern;
  }

  #looksIntoBinaries(index: number): boolean {
    const finder = this.rules[index]?.finder;
    return finder?.kind === "pattern" && finder.binary;
  }

  /** The pattern can only match where the keyword is; most keywords fall at the first bytes behind them. */
  #probe(piece: Piece, index: number, pattern: CompiledPattern, start: number): void {
    const { bytes, end } = piece;
    const { heads } = pattern;
    for (let at = 0; at < heads.length; at++) {
      if (start + at >= end || (heads[at] as Uint8Array)[bytes[start + at] as number] !== 1) return;
    }
    const from = Math.max(piece.start, start - 1);
    const text = this.#latin1(bytes, from, Math.min(end, start + Math.min(pattern.longest, longestMatch) + 1));
    pattern.regex.lastIndex = start - from;
    const match = pattern.regex.exec(text);
    if (match !== null) this.#accept(piece, index, match, from);
  }

  /** Windows that overlap become one, so that each place is searched once. */
  #widen(piece: Piece, index: number, pattern: CompiledPattern, start: number, end: number): void {
    const windowStart = pattern.mode === "around" ? end - pattern.longest - 1 : lineStart(piece, start) - 1;
    const windowEnd = pattern.mode === "around" ? start + pattern.longest + 1 : lineEnd(piece, end) + 1;
    const done = this.#windows.add(index, Math.max(piece.start, windowStart), Math.min(piece.end, windowEnd));
    if (done !== undefined) this.#search(piece, index, done[0], done[1]);
  }

  #search(piece: Piece, index: number, start: number, end: number): void {
    const pattern = this.#patterns[index] ?? this.#compile(index);
    if (pattern === undefined || (piece.binary && !this.#looksIntoBinaries(index))) return;
    const text = this.#latin1(piece.bytes, start, end);
    const regex = pattern.regex.global ? pattern.regex : new RegExp(pattern.regex.source, "g");
    regex.lastIndex = Math.max(0, (this.#behind[index] as number) - start);
    for (let match = regex.exec(text); match !== null; match = regex.exec(text)) {
      if (match[0] === "") regex.lastIndex++;
      else this.#accept(piece, index, match, start);
    }
  }

  #accept(piece: Piece, index: number, match: RegExpExecArray, offset: number): void {
    const finder = this.rules[index]?.finder;
    if (finder?.kind !== "pattern") return;
    if (!finder.guarded) {
      this.#acceptConfigured(index, finder, match, offset);
      return;
    }
    const whole = match[0];
    const secret = secretOf(match, finder.group);
    const inside = secret === whole ? 0 : whole.lastIndexOf(secret);
    const start = offset + match.index;
    const secretStart = start + inside;
    const secretEnd = secretStart + secret.length;
    if (!acceptsToken(piece, finder, secret, secretStart, secretEnd)) {
      if (finder.check === "crc32-base62" && !passesCheck(finder.check, secret)) this.#refused.push(secretStart, secretEnd);
      return;
    }
    this.#add(index, start, start + whole.length, secretStart, secretEnd);
  }

  /** As gitleaks has it: line breaks around a match are no part of it, and groups are those of the match looked at alone. */
  #acceptConfigured(index: number, { group, entropy }: PatternFinder, match: RegExpExecArray, offset: number): void {
    const unled = match[0].replace(/^\n+/, "");
    const whole = unled.replace(/\n+$/, "");
    const start = offset + match.index + match[0].length - unled.length;
    this.#behind[index] = Math.max(this.#behind[index] as number, offset + match.index + match[0].length);
    const alone = match.length === 1 ? null : new RegExp((this.#patterns[index] as CompiledPattern).regex.source).exec(whole);
    const found = alone === null ? whole : group === undefined ? secretOf(alone, group) : (alone[group] ?? "");
    if (entropy !== undefined && wordEntropy(found) <= entropy) return;
    const secret = found === "" ? whole : found;
    const inside = whole.lastIndexOf(secret);
    const from = match[0].startsWith("\n") ? offset + match.index + 1 : start;
    this.#add(index, from, start + whole.length, start + inside, start + inside + secret.length);
  }

  #add(rule: number, start: number, end: number, secretStart: number, secretEnd: number): void {
    if (secretEnd <= secretStart) return;
    this.#behind[rule] = Math.max(this.#behind[rule] as number, end);
    this.#matches.push({ rule, start, end, secretStart, secretEnd });
  }
}

/** The group, by default the first that holds something, else the match. */
function secretOf(match: RegExpExecArray, group: number | undefined): string {
  return (group === undefined ? match.slice(1).find((text) => text !== undefined && text !== "") : match[group]) ?? match[0];
}

/** Entropy of characters, of which the text holds the bytes, over the number of bytes, as gitleaks counts. */
function wordEntropy(bytes: string): number {
  if (bytes === "") return 0;
  const text = utf8(
    Uint8Array.from(bytes, (character) => character.charCodeAt(0)),
    0,
    bytes.length,
  );
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / bytes.length) * Math.log2(count / bytes.length);
  return bits;
}

function lineStart({ bytes, start: first }: Piece, from: number): number {
  const limit = Math.max(first, from - longestLine);
  let at = from;
  while (at > limit && bytes[at - 1] !== 10) at--;
  return at;
}

function lineEnd({ bytes, end: last }: Piece, from: number): number {
  const limit = Math.min(last, from + longestLine);
  const found = bytes.indexOf(10, from);
  return found === -1 || found > limit ? limit : found;
}
