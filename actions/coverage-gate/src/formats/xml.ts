import { textOf } from "./bytes.ts";
import type { ReportParser } from "./draft.ts";
import { quoted, ReportFault } from "./fault.ts";
import { doctypeEnd } from "./xml-doctype.ts";
import { decoded, Names, XmlTag } from "./xml-tag.ts";

/** What a dialect does with a document. Names are numbers: their place in the scanner's list, from 1; 0 is any other name. */
export interface XmlHandler {
  open(name: number, tag: XmlTag): void;
  close(name: number): void;
  /** The text directly before a close tag, for elements whose `open` called `tag.wantText()`. */
  text?(name: number, text: string): void;
}

/** `first`: begins where the document does. Other parts begin between two tags and may close what they did not open. `whole`: ends where it does. */
export interface XmlPart {
  readonly first: boolean;
  readonly whole: boolean;
}

/** How a part of a document stands to the parts around it: what it closes of theirs, and what it leaves open. */
export interface XmlEdges {
  readonly closes: readonly number[];
  readonly opens: readonly number[];
  /** How much of the parts before it was closed when, for the last time, something began directly in what they left open; -1 if nothing did. */
  readonly outermost: number;
  /** Inside a tag, a comment or a CDATA section. */
  readonly torn: boolean;
  readonly rooted: boolean;
}

const [lt, gt, slash, bang, question, equals, quote, apostrophe] = [60, 62, 47, 33, 63, 61, 34, 39];
const deepest = 1000;

/** 1: ends a name. 2: white space (which also ends one). */
const kinds = new Uint8Array(256);
for (const byte of [slash, gt, equals, lt, quote, apostrophe, question]) kinds[byte] = 1;
for (const byte of [32, 9, 10, 13]) kinds[byte] = 2;

/**
 * Start tags, end tags and the text that a dialect asks for, by bytes. Comments, CDATA outside of wanted text, processing instructions and the
 * document type are passed over; nothing is ever fetched. Tags must balance and the document must end: else `ReportFault`.
 */
export class XmlScanner implements ReportParser {
  readonly #handler: XmlHandler;
  readonly #elements: Names;
  readonly #attributes: Names;
  readonly #tag: XmlTag;
  readonly #part: XmlPart;
  /** Hash and number of the open elements. */
  readonly #hashes = new Int32Array(deepest);
  readonly #numbers = new Int32Array(deepest);
  readonly #closes: number[] = [];
  #depth = 0;
  #rooted: boolean;
  /** What ends the comment, CDATA section or instruction that a window stopped in. */
  #until: readonly number[] | undefined;
  #text: string | undefined;
  #torn = false;
  #outermost = -1;
  /** Of the name that `#nameEnd` went over last. */
  #hash = 0;

  constructor(
    handler: XmlHandler,
    elements: readonly string[],
    attributes: readonly string[],
    part: XmlPart = { first: true, whole: true },
  ) {
    this.#handler = handler;
    this.#elements = new Names(elements);
    this.#attributes = new Names(attributes);
    this.#tag = new XmlTag(attributes.length);
    this.#part = part;
    this.#rooted = !part.first;
  }

  get edges(): XmlEdges {
    const opens = [...this.#hashes.subarray(0, this.#depth)];
    return { closes: this.#closes, opens, outermost: this.#outermost, torn: this.#torn, rooted: this.#rooted };
  }

  push(bytes: Uint8Array, last: boolean): number {
    let at = 0;
    while (at < bytes.length) {
      const next = this.#step(bytes, at, last);
      if (next === -1) break;
      at = next;
    }
    if (last) this.#end(bytes, at);
    return at;
  }

  /** Takes one tag or run of text; -1 if it is not all there. */
  #step(bytes: Uint8Array, at: number, last: boolean): number {
    if (this.#until !== undefined) return this.#pass(bytes, at, this.#until);
    if (bytes[at] !== lt) return this.#characters(bytes, at, last);
    if (at + 1 >= bytes.length) return -1;
    const second = bytes[at + 1];
    if (second === slash) return this.#endTag(bytes, at);
    if (second === bang) return this.#declaration(bytes, at);
    if (second === question) return this.#pass(bytes, at + 2, [question, gt]);
    return this.#startTag(bytes, at);
  }

  #characters(bytes: Uint8Array, start: number, last: boolean): number {
    let at = start;
    let kind = 2;
    if (this.#text === undefined && this.#depth > 0) {
      while (at < bytes.length && bytes[at] !== lt) at++;
      return at;
    }
    for (; at < bytes.length && bytes[at] !== lt; at++) kind &= kinds[bytes[at] ?? 0] ?? 0;
    if (this.#text !== undefined) {
      if (at === bytes.length && !last) return -1;
      this.#text += decoded(textOf(bytes, start, at));
    } else if (kind !== 2) {
      if (this.#outside()) return at;
      const first = pastSpace(bytes, start);
      throw new ReportFault(
        `${quoted(textOf(bytes, first, Math.min(at, first + 80)).trim())} stands outside of the document's root`,
        first,
      );
    }
    return at;
  }

  /** Comments, instructions and unwanted CDATA: up to their end, window by window. */
  #pass(bytes: Uint8Array, start: number, until: readonly number[]): number {
    const [first = 0] = until;
    for (let at = bytes.indexOf(first, start); at !== -1; at = bytes.indexOf(first, at + 1)) {
      if (at + until.length > bytes.length) break;
      if (until.every((byte, i) => bytes[at + i] === byte)) {
        this.#until = undefined;
        return at + until.length;
      }
    }
    this.#until = until;
    const kept = Math.max(start, bytes.length - until.length + 1);
    return kept > start ? kept : -1;
  }

  #declaration(bytes: Uint8Array, at: number): number {
    if (bytes[at + 2] === 45) {
      if (at + 4 > bytes.length) return -1;
      if (bytes[at + 3] !== 45) throw new ReportFault("`<!-` begins no comment", at);
      return this.#pass(bytes, at + 4, [45, 45, gt]);
    }
    if (at + 9 > bytes.length) return -1;
    const word = textOf(bytes, at, at + 9);
    if (word === "<![CDATA[") return this.#cdata(bytes, at + 9);
    if (word !== "<!DOCTYPE" || this.#rooted) throw new ReportFault(`${quoted(word)} is not allowed here`, at);
    return doctypeEnd(bytes, at + 9);
  }

  #cdata(bytes: Uint8Array, start: number): number {
    if (this.#depth === 0 && !this.#outside()) throw new ReportFault("a CDATA section stands outside of the document's root", start - 9);
    if (this.#text === undefined) return this.#pass(bytes, start, [93, 93, gt]);
    for (let at = start; at + 2 < bytes.length; at++) {
      if (bytes[at] === 93 && bytes[at + 1] === 93 && bytes[at + 2] === gt) {
        this.#text += textOf(bytes, start, at);
        return at + 3;
      }
    }
    return -1;
  }

  #nameEnd(bytes: Uint8Array, start: number): number {
    let hash = 0;
    let at = start;
    for (let byte = bytes[at] ?? 0; kinds[byte] === 0 && at < bytes.length; byte = bytes[++at] ?? 0)
      hash = (Math.imul(hash, 31) + byte) | 0;
    this.#hash = hash;
    return at;
  }

  #endTag(bytes: Uint8Array, start: number): number {
    const at = pastSpace(bytes, this.#nameEnd(bytes, start + 2));
    const hash = this.#hash;
    if (at >= bytes.length) return -1;
    if (bytes[at] !== gt) throw new ReportFault(`${quoted(textOf(bytes, start, at + 1))} is no end tag`, start);
    if (this.#depth > 0) this.#close(bytes, start, at, hash);
    else if (!this.#part.first) this.#closes.push(hash);
    else throw new ReportFault(`${quoted(textOf(bytes, start, at + 1))} closes nothing`, start);
    return at + 1;
  }

  #close(bytes: Uint8Array, start: number, at: number, hash: number): void {
    this.#depth--;
    if (this.#hashes[this.#depth] !== hash)
      throw new ReportFault(`${quoted(textOf(bytes, start, at + 1))} closes another element than the one that is open`, start);
    const name = this.#numbers[this.#depth] ?? 0;
    if (this.#text !== undefined) {
      this.#handler.text?.(name, this.#text);
      this.#text = undefined;
    }
    if (name !== 0) this.#handler.close(name);
  }

  #startTag(bytes: Uint8Array, start: number): number {
    const tag = this.#tag;
    let at = this.#nameEnd(bytes, start + 1);
    const hash = this.#hash;
    if (at >= bytes.length) return -1;
    if (at === start + 1) throw new ReportFault("`<` begins no tag", start);
    const name = this.#elements.find(hash, at - start - 1);
    tag.bytes = bytes;
    tag.start = start;
    tag.serial++;
    for (;;) {
      at = pastSpace(bytes, at);
      if (at >= bytes.length) return -1;
      if (bytes[at] === gt || bytes[at] === slash) break;
      at = this.#attribute(bytes, at, tag);
      if (at === -1) return -1;
    }
    const empty = bytes[at] === slash;
    if (empty && at + 1 >= bytes.length) return -1;
    if (empty && bytes[at + 1] !== gt) throw new ReportFault(`${quoted(textOf(bytes, start, at + 1))} is no tag`, start);
    this.#open(name, hash, empty, start);
    return at + (empty ? 2 : 1);
  }

  /** `name="value"`; gives where it ends, or -1. */
  #attribute(bytes: Uint8Array, start: number, tag: XmlTag): number {
    const nameEnd = this.#nameEnd(bytes, start);
    const sign = pastSpace(bytes, nameEnd);
    const before = sign < bytes.length ? pastSpace(bytes, sign + 1) : sign;
    if (sign < bytes.length && (bytes[sign] !== equals || nameEnd === start)) {
      throw new ReportFault(`${quoted(textOf(bytes, start, sign + 1))} is no attribute`, start);
    }
    if (before >= bytes.length) return -1;
    const mark = bytes[before] ?? 0;
    if (mark !== quote && mark !== apostrophe)
      throw new ReportFault(`the value of ${quoted(textOf(bytes, start, nameEnd))} has no quotes`, start);
    let at = before + 1;
    for (let byte = bytes[at] ?? mark; byte !== mark && byte !== lt; byte = bytes[at] ?? mark) at++;
    if (at >= bytes.length) return -1;
    if (bytes[at] === lt) throw new ReportFault(`the value of ${quoted(textOf(bytes, start, nameEnd))} is not closed`, start);
    tag.set(this.#attributes.find(this.#hash, nameEnd - start), before + 1, at);
    return at + 1;
  }

  #open(name: number, hash: number, empty: boolean, start: number): void {
    if (this.#depth === 0 && this.#rooted && !this.#outside()) throw new ReportFault("a second root element begins", start);
    if (this.#depth === deepest) throw new ReportFault(`elements are nested more than ${deepest} deep`, start);
    if (this.#text !== undefined) this.#text = undefined;
    this.#rooted = true;
    this.#tag.textWanted = false;
    if (name !== 0) this.#handler.open(name, this.#tag);
    if (empty) {
      if (name !== 0) this.#handler.close(name);
      return;
    }
    this.#hashes[this.#depth] = hash;
    this.#numbers[this.#depth] = name;
    this.#depth++;
    if (this.#tag.textWanted) this.#text = "";
  }

  /** Whether what stands outside of everything that was opened here may yet be inside of what an earlier part opened; `edgesFit` tells. */
  #outside(): boolean {
    this.#outermost = this.#closes.length;
    return !this.#part.first;
  }

  #end(bytes: Uint8Array, at: number): void {
    this.#torn = at < bytes.length || this.#until !== undefined;
    if (!this.#part.whole) return;
    if (this.#torn && at < bytes.length)
      throw new ReportFault(`the report is truncated: it ends inside ${quoted(textOf(bytes, at, Math.min(bytes.length, at + 80)))}`, at);
    if (this.#torn) throw new ReportFault("the report is truncated: it ends inside a comment or the like", bytes.length);
    if (!this.#rooted) throw new ReportFault("the report is truncated: it has no root element", bytes.length);
    if (this.#depth > 0)
      throw new ReportFault(
        `the report is truncated: ${this.#depth === 1 ? "an element is" : `${this.#depth} elements are`} not closed`,
        bytes.length,
      );
  }
}

function pastSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  while (kinds[bytes[at] ?? 0] === 2) at++;
  return at;
}
