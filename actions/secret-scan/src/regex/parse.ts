import { parseInteger } from "../../../../packages/frame/numbers.ts";
import { CharacterReader, PatternFault } from "./reader.ts";
import { readClass, readEscapedSet } from "./sets.ts";
import { anyByte, foldCase, type Node, notNewline, rangeSet } from "./tree.ts";

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
const mostRepeats = 100_000;

/**
 * Parses the syntax of Go's regexp package (RE2). JavaScript accepts most of it silently with another meaning (`\z`, `\Q`, `[[:alnum:]]`, `(?i)`), so no
 * such pattern is ever given to `RegExp`. Throws a `PatternFault` with the place.
 */
export function parsePattern(source: string): Pattern {
  const parser = new Parser(source);
  return { root: parser.parse(), groups: parser.groups };
}

class Parser {
  readonly #reader: CharacterReader;
  #flags: Flags = plain;
  #depth = 0;
  groups = 0;

  constructor(source: string) {
    this.#reader = new CharacterReader(source);
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
    let node = atom;
    for (let count = this.#count(); count !== undefined; count = this.#count()) {
      const lazy = this.#reader.take("?");
      node = { kind: "repeat", part: node, ...count, greedy: lazy === this.#flags.ungreedy };
    }
    return node;
  }

  #count(): { min: number; max: number } | undefined {
    const reader = this.#reader;
    if (reader.take("*")) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (reader.take("+")) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (reader.take("?")) return { min: 0, max: 1 };
    const match = reader.match(/^\{(\d+)(?:(,)(\d*))?\}/);
    if (match === undefined) return undefined;
    const min = parseInteger(match[1] ?? "") ?? mostRepeats + 1;
    const max = match[2] === undefined ? min : match[3] ? (parseInteger(match[3]) ?? mostRepeats + 1) : Number.POSITIVE_INFINITY;
    if (min > mostRepeats || (max > mostRepeats && max !== Number.POSITIVE_INFINITY))
      throw reader.fault(`a repetition of more than ${mostRepeats}`);
    if (max < min) throw reader.fault("a repetition whose end is below its start");
    return { min, max };
  }

  #atom(): Node {
    const reader = this.#reader;
    if (reader.sees("(")) return this.#group();
    if (reader.sees("[")) return { kind: "set", set: this.#cased(readClass(reader, this.#flags.ignoreCase)) };
    if (reader.take(".")) return { kind: "set", set: this.#flags.dotAll ? anyByte : notNewline };
    if (reader.take("^")) return { kind: "assert", what: this.#flags.multiline ? "line-start" : "text-start" };
    if (reader.take("$")) return { kind: "assert", what: this.#flags.multiline ? "line-end" : "text-end" };
    if (reader.sees("\\")) return this.#escape();
    if (reader.sees("*") || reader.sees("+") || reader.sees("?")) throw reader.fault("a repetition of nothing");
    return this.#literal(reader.next());
  }

  #escape(): Node {
    const reader = this.#reader;
    if (reader.match(/^\\Q/) !== undefined) {
      const text = reader.match(/^([\s\S]*?)(?:\\E|$)/)?.[1] ?? "";
      return { kind: "sequence", parts: Array.from(text, (character) => this.#literal(character)) };
    }
    if (reader.match(/^\\A/) !== undefined) return { kind: "assert", what: "text-start" };
    if (reader.match(/^\\z/) !== undefined) return { kind: "assert", what: "text-end" };
    if (reader.match(/^\\b/) !== undefined) return { kind: "assert", what: "boundary" };
    if (reader.match(/^\\B/) !== undefined) return { kind: "assert", what: "no-boundary" };
    const set = readEscapedSet(reader);
    if (set !== undefined) return { kind: "set", set: this.#cased(set) };
    return this.#literal(reader.escapedCharacter());
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
        return { kind: "empty" };
      }
    } else if (reader.match(/^\(\?P?<[A-Za-z_]\w*>/) !== undefined) index = ++this.groups;
    else if (reader.match(/^\(\?/) !== undefined) throw reader.fault("a group that Go's regexp does not know, such as look-around");
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

  #literal(character: string): Node {
    const bytes = new TextEncoder().encode(character);
    const parts = Array.from(bytes, (byte): Node => ({ kind: "set", set: this.#cased(rangeSet([byte, byte])) }));
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: "sequence", parts };
  }

  #cased(set: Uint8Array): Uint8Array {
    return this.#flags.ignoreCase ? foldCase(set) : set;
  }
}

export { PatternFault };
