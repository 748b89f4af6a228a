import { parseInteger } from "../../../../packages/frame/numbers.ts";
import { type Characters, eitherCase, fromRanges, nodeOf } from "./characters.ts";
import { CharacterReader, PatternFault } from "./reader.ts";
import { readClass, readEscapedSet } from "./sets.ts";
import { type ByteSet, type Node, withHigh } from "./tree.ts";

export interface Pattern {
  readonly root: Node;
  /** How many capturing groups there are. */
  readonly groups: number;
}

interface Flags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
  readonly ungreedy: boolean;
}

const plain: Flags = { ignoreCase: false, multiline: false, dotAll: false, ungreedy: false };
const mostNested = 200;
/** RE2 takes no more, repetitions in repetitions multiplied. */
const mostRepeats = 1_000;
const mostOwnRepeats = 100_000;
const anything: readonly (readonly [number, number])[] = [[0, 0x10ffff]];
const butNewline: readonly (readonly [number, number])[] = [
  [0, 9],
  [11, 0x10ffff],
];

/**
 * Parses the syntax of Go's regexp package (RE2). JavaScript accepts most of it silently with another meaning (`\z`, `\Q`, `[[:alnum:]]`, `(?i)`), so no
 * such pattern is ever given to `RegExp`. A character beyond ASCII is one character, as in Go; with `bytes`, as the built-in rules have it, each of its
 * bytes counts as one. Throws a `PatternFault` with the place.
 */
export function parsePattern(source: string, bytes = false): Pattern {
  const parser = new Parser(source, bytes);
  return { root: parser.parse(), groups: parser.groups };
}

class Parser {
  readonly #reader: CharacterReader;
  #flags: Flags = plain;
  #depth = 0;
  readonly #bytes: boolean;
  readonly #names = new Set<string>();
  /** Sets that hold every character beyond ASCII, with the bytes they may begin with. */
  readonly #wide = new Map<Node, ByteSet>();
  groups = 0;

  constructor(source: string, bytes: boolean) {
    this.#reader = new CharacterReader(source);
    this.#bytes = bytes;
  }

  parse(): Node {
    const root = this.#choice();
    if (!this.#reader.done) throw this.#reader.fault("an unmatched )");
    return root;
  }

  #choice(): Node {
    const options = [this.#sequence()];
    while (this.#reader.take("|")) options.push(this.#sequence());
    return options.length === 1 && options[0] !== undefined ? options[0] : { kind: "choice", options };
  }

  #sequence(): Node {
    const parts: Node[] = [];
    while (!this.#reader.done && !this.#reader.sees("|") && !this.#reader.sees(")")) {
      const part = this.#repeated(this.#atom());
      if (part.kind !== "empty") parts.push(part);
    }
    if (parts.length === 0) return { kind: "empty" };
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: "sequence", parts };
  }

  #repeated(atom: Node): Node {
    const count = this.#count();
    if (count === undefined) return atom;
    const lazy = this.#reader.take("?");
    const greedy = lazy === this.#flags.ungreedy;
    // Where all of them are taken, their bytes are.
    const wide =
      count.max === Number.POSITIVE_INFINITY && (count.min === 0 || (count.min === 1 && greedy)) ? this.#wide.get(atom) : undefined;
    const node: Node = { kind: "repeat", part: wide === undefined ? atom : { kind: "set", set: wide }, ...count, greedy };
    if (!this.#bytes && repetitions(node) > mostRepeats) throw this.#reader.fault(`repetitions that multiply to more than ${mostRepeats}`);
    if (this.#count() !== undefined) throw this.#reader.fault("a repetition of a repetition");
    return node;
  }

  #count(): { min: number; max: number } | undefined {
    const reader = this.#reader;
    if (reader.take("*")) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (reader.take("+")) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (reader.take("?")) return { min: 0, max: 1 };
    const match = reader.match(/^\{(\d+)(?:(,)(\d*))?\}/);
    if (match === undefined) return undefined;
    const min = parseInteger(match[1] ?? "") ?? mostOwnRepeats + 1;
    const max = match[2] === undefined ? min : match[3] ? (parseInteger(match[3]) ?? mostOwnRepeats + 1) : Number.POSITIVE_INFINITY;
    const most = this.#bytes ? mostOwnRepeats : mostRepeats;
    if (min > most || (max > most && max !== Number.POSITIVE_INFINITY)) throw reader.fault(`a repetition of more than ${most}`);
    if (max < min) throw reader.fault("a repetition whose end is below its start");
    return { min, max };
  }

  #atom(): Node {
    const reader = this.#reader;
    if (reader.sees("(")) return this.#group();
    if (reader.sees("[")) return this.#set(readClass(reader, this.#flags.ignoreCase));
    if (reader.take(".")) return this.#set(fromRanges(this.#flags.dotAll ? anything : butNewline));
    if (reader.take("^")) return { kind: "assert", what: this.#flags.multiline ? "line-start" : "text-start" };
    if (reader.take("$")) return { kind: "assert", what: this.#flags.multiline ? "line-end" : "text-end" };
    if (reader.sees("\\")) return this.#escape();
    if (this.#count() !== undefined) throw reader.fault("a repetition of nothing");
    return this.#literal(reader.next());
  }

  #escape(): Node {
    const reader = this.#reader;
    if (reader.match(/^\\Q/) !== undefined) return this.#quoted(reader.match(/^([\s\S]*?)(?:\\E|$)/)?.[1] ?? "");
    if (reader.match(/^\\A/) !== undefined) return { kind: "assert", what: "text-start" };
    if (reader.match(/^\\z/) !== undefined) return { kind: "assert", what: "text-end" };
    if (reader.match(/^\\b/) !== undefined) return { kind: "assert", what: "boundary" };
    if (reader.match(/^\\B/) !== undefined) return { kind: "assert", what: "no-boundary" };
    const set = readEscapedSet(reader, this.#flags.ignoreCase);
    return set === undefined ? this.#literal(reader.escapedCharacter()) : this.#set(set);
  }

  /** A repetition behind `\E` is one of the last character. */
  #quoted(text: string): Node {
    const parts = Array.from(text, (character) => this.#literal(character));
    const last = parts.pop();
    if (last === undefined) return { kind: "empty" };
    return { kind: "sequence", parts: [...parts, this.#repeated(last)] };
  }

  #group(): Node {
    const reader = this.#reader;
    if (++this.#depth > mostNested) throw reader.fault(`groups more than ${mostNested} deep`);
    const outer = this.#flags;
    let index = 0;
    const flags = reader.match(/^\(\?([imsU]*)(?:-([imsU]+))?(:|\))/);
    if (flags !== undefined) {
      this.#setFlags(flags[1] ?? "", flags[2] ?? "");
      if (flags[3] === ")") {
        this.#depth--;
        if (this.#count() !== undefined) throw reader.fault("a repetition of nothing");
        return { kind: "empty" };
      }
    } else if (reader.sees("(?P<") || reader.sees("(?<")) {
      this.#name(reader.match(/^\(\?P?<(\w+)>/)?.[1]);
      index = ++this.groups;
    } else if (reader.match(/^\(\?/) !== undefined) throw reader.fault("a group that Go's regexp does not know, such as look-around");
    else {
      reader.next();
      index = ++this.groups;
    }
    const part = this.#choice();
    if (!reader.take(")")) throw reader.fault("a group that is not closed");
    this.#flags = outer;
    this.#depth--;
    return index === 0 ? { kind: "sequence", parts: [part] } : { kind: "group", part, index };
  }

  #setFlags(on: string, off: string): void {
    const value = (letter: string, now: boolean): boolean => (on.includes(letter) || now) && !off.includes(letter);
    const { ignoreCase, multiline, dotAll, ungreedy } = this.#flags;
    this.#flags = {
      ignoreCase: value("i", ignoreCase),
      multiline: value("m", multiline),
      dotAll: value("s", dotAll),
      ungreedy: value("U", ungreedy),
    };
  }

  #name(name: string | undefined): void {
    if (name === undefined) throw this.#reader.fault("a group that Go's regexp does not know, such as look-around");
    if (this.#names.has(name)) throw this.#reader.fault(`two groups named ${name}`);
    this.#names.add(name);
  }

  #literal(character: string): Node {
    const code = character.codePointAt(0) ?? 0;
    const set = fromRanges([[code, code]]);
    return nodeOf(this.#flags.ignoreCase ? eitherCase(set) : set);
  }

  #set(characters: Characters): Node {
    if (characters.high.length === 0) return { kind: "set", set: characters.low };
    if (this.#bytes) return { kind: "set", set: withHigh(characters.low) };
    const node = nodeOf(characters);
    const [only] = characters.high;
    if (characters.high.length === 1 && only?.[0] === 128 && only[1] === 0x10ffff) this.#wide.set(node, withHigh(characters.low));
    return node;
  }
}

function repetitions(node: Node): number {
  switch (node.kind) {
    case "repeat": {
      const count = node.max === Number.POSITIVE_INFINITY ? node.min : node.max;
      return Math.max(1, count) * repetitions(node.part);
    }
    case "group":
      return repetitions(node.part);
    case "sequence":
      return Math.max(1, ...node.parts.map(repetitions));
    case "choice":
      return Math.max(1, ...node.options.map(repetitions));
    default:
      return 1;
  }
}

export { PatternFault };
