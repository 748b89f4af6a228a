import { UserError } from "../frame/errors.ts";
import type { ChangedFile } from "../frame/ports.ts";
import { readHunkHeader } from "./hunk.ts";
import { readName } from "./names.ts";
import { addLine, changedFile, isCutOff, joinTypeChange, newSection, type Section, takeExtendedHeader } from "./section.ts";

const newline = 10;
const carriageReturn = 13;
const space = 32;
const plus = 43;
const minus = 45;
const at = 64;
const backslash = 92;
const escapeByte = 27;

/** Header lines longer than this are refused; lines of content may be of any length. */
const longestHeader = 65_536;
const ascii = new TextDecoder("latin1");

/** A diff that is read piece by piece: `push` every piece in order, then `end` once. */
export interface UnifiedDiffReader {
  push(piece: Uint8Array): void;
  /** The changed files, sorted by path. */
  end(): ChangedFile[];
}

/**
 * Which lines a unified diff adds and removes: `git diff` with any context and any prefixes, `diff -u`, and what other tools write alike.
 * `source` names the diff in messages. Throws a `UserError` with the line for a diff that is malformed, cut off, coloured, combined (of a
 * merge), or a series of patches: the line numbers of those would be of several trees.
 *
 * Diffs of new files are often written or shortened by hand, without counting. With `notes`, one that ends before its last hunk has as many
 * lines as it says is taken as it stands, and a sentence about that is added there.
 */
export function parseUnifiedDiff(bytes: Uint8Array, source: string, notes?: string[]): ChangedFile[] {
  const reader = new Reader(source, notes);
  reader.push(bytes);
  return reader.end();
}

export function openUnifiedDiff(source: string): UnifiedDiffReader {
  return new Reader(source);
}

class Reader implements UnifiedDiffReader {
  readonly #source: string;
  readonly #files = new Map<string, { readonly file: ChangedFile; readonly line: number }>();
  #section: Section | undefined;
  /** The line that is being read, 1-based. */
  #line = 1;
  /** The part of a header line that the pieces so far have given. */
  #carry: Uint8Array | undefined;
  /** Inside a line of content whose first byte has been seen. */
  #skipping = false;
  /** Lines of the hunk that are still to come. */
  #oldLeft = 0;
  #newLeft = 0;
  #oldLine = 0;
  #newLine = 0;
  #hunkAt = 0;
  /** A NUL byte that lies ahead in the piece at hand, or its length. */
  #nul = 0;
  /** Straight behind a hunk: a line that looks like content is one too many. */
  #behindHunk = false;
  /** The name of a `---` line whose `+++` must follow. */
  #pending: { readonly name: string; readonly line: number } | undefined;
  #recognised = false;
  #blank = true;

  readonly #notes: string[] | undefined;

  constructor(source: string, notes?: string[]) {
    this.#source = source;
    this.#notes = notes;
  }

  push(piece: Uint8Array): void {
    let position = 0;
    this.#nul = -1;
    while (position < piece.length) {
      if (!this.#skipping && (this.#oldLeft > 0 || this.#newLeft > 0)) {
        this.#takeContent(piece[position] ?? 0);
        this.#skipping = true;
      }
      position = this.#skipping ? this.#skipLine(piece, position) : this.#takeHeader(piece, position);
    }
  }

  end(): ChangedFile[] {
    if (this.#carry !== undefined) {
      const last = this.#carry;
      this.#carry = undefined;
      this.#header(last);
      const mayBeCut = this.#pending !== undefined || (this.#section !== undefined && !this.#behindHunk && this.#section.hunks === 0);
      if (mayBeCut) throw this.#error("the diff breaks off in the middle of this line");
    }
    if (this.#oldLeft > 0 || this.#newLeft > 0) this.#shortHunk();
    if (this.#pending !== undefined) throw this.#error("the diff breaks off after a `---` line", this.#pending.line);
    if (this.#section !== undefined && isCutOff(this.#section)) {
      throw this.#error("the diff breaks off before the changed lines of this file", this.#section.line);
    }
    this.#finishSection();
    if (!this.#recognised && !this.#blank) {
      throw new UserError(`${this.#source} holds no unified diff. Make one with \`git diff base...head\` or \`diff -u\`.`);
    }
    return [...this.#files.values()].map(({ file }) => file).sort((one, other) => (one.path < other.path ? -1 : 1));
  }

  #shortHunk(): void {
    if (this.#notes === undefined || this.#oldLeft > 0 || this.#section?.created !== true) {
      throw this.#error(`the diff breaks off inside the hunk that starts in line ${this.#hunkAt}`);
    }
    const lines = this.#newLeft === 1 ? "1 line" : `${this.#newLeft} lines`;
    this.#notes.push(
      `${this.#source} ends ${lines} before its last hunk (line ${this.#hunkAt}) should; the lines that are there were judged.`,
    );
  }

  #skipLine(piece: Uint8Array, position: number): number {
    const end = piece.indexOf(newline, position);
    const stop = end < 0 ? piece.length : end;
    if (this.#nul < position) {
      const found = piece.indexOf(0, position);
      this.#nul = found < 0 ? piece.length : found;
    }
    if (this.#nul < stop && this.#section !== undefined) this.#section.binary = true;
    if (end < 0) return piece.length;
    this.#line += 1;
    this.#skipping = false;
    return end + 1;
  }

  #takeContent(first: number): void {
    const section = this.#section;
    if (section === undefined) return;
    if (first === plus) {
      this.#newLeft -= 1;
      addLine(section.added, this.#newLine++);
    } else if (first === minus) {
      this.#oldLeft -= 1;
      addLine(section.removed, this.#oldLine++);
    } else if (first === space || first === newline || first === carriageReturn) {
      this.#oldLeft -= 1;
      this.#newLeft -= 1;
      this.#oldLine += 1;
      this.#newLine += 1;
    } else if (first !== backslash) {
      throw this.#error(`a line of the hunk that starts in line ${this.#hunkAt} must start with "+", "-", a space or "\\"`);
    }
    if (this.#oldLeft < 0 || this.#newLeft < 0) {
      throw this.#error(`the hunk that starts in line ${this.#hunkAt} has other lines than it says`);
    }
    this.#behindHunk = true;
  }

  #takeHeader(piece: Uint8Array, position: number): number {
    const end = piece.indexOf(newline, position);
    const part = piece.subarray(position, end < 0 ? piece.length : end);
    const whole = this.#carry === undefined ? part : join(this.#carry, part);
    if (end < 0) {
      // A copy, because the piece may be overwritten by the next one.
      this.#carry = whole.slice(0, longestHeader + 1);
      return piece.length;
    }
    this.#carry = undefined;
    this.#header(whole);
    this.#line += 1;
    return end + 1;
  }

  #header(raw: Uint8Array): void {
    const line = this.#line === 1 ? this.#withoutMark(raw) : raw;
    const bytes = line[line.length - 1] === carriageReturn ? line.subarray(0, -1) : line;
    if (bytes.length === 0) {
      this.#dropPending();
      return;
    }
    this.#blank = false;
    if (bytes[0] === at && bytes[1] === at) this.#hunkHeader(bytes);
    else if (bytes[0] === escapeByte) throw this.#error("the diff is coloured; make it with `--no-color`");
    else this.#fileHeader(bytes, ascii.decode(bytes.length > longestHeader ? bytes.subarray(0, longestHeader) : bytes));
  }

  #withoutMark(bytes: Uint8Array): Uint8Array {
    if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
      throw new UserError(`${this.#source} is UTF-16 text, as some shells write it; a diff must be written as bytes or UTF-8.`);
    }
    return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
  }

  #fileHeader(bytes: Uint8Array, text: string): void {
    if (text.startsWith("+++ ") && this.#pending !== undefined) {
      this.#startFile(this.#pending, this.#name(bytes, 4));
      return;
    }
    this.#dropPending();
    if (text.startsWith("--- ")) {
      this.#pending = { name: this.#name(bytes, 4), line: this.#line };
    } else if (text.startsWith("diff --git ")) {
      this.#finishSection();
      this.#tooLong(bytes);
      this.#section = newSection(this.#line, bytes.slice(11));
      this.#recognised = true;
      this.#behindHunk = false;
    } else if (text.startsWith("diff --cc ") || text.startsWith("diff --combined ")) {
      throw this.#error("this is the combined diff of a merge, which belongs to no single base; use `git diff base...head`");
    } else if (this.#behindHunk) {
      this.#lineBehindHunk(bytes, text);
    } else if (this.#section?.gitNames !== undefined && this.#section.hunks === 0) {
      takeExtendedHeader(this.#section, text, (skip) => this.#name(bytes, skip));
    } else if (text.startsWith("Binary files ") || text.startsWith("Only in ")) {
      this.#recognised = true;
    }
  }

  #lineBehindHunk(bytes: Uint8Array, text: string): void {
    if (bytes[0] === backslash) return;
    const signature = text === "-- " || text === "--";
    if (!signature && (bytes[0] === plus || bytes[0] === minus || bytes[0] === space)) {
      throw this.#error(`the hunk that starts in line ${this.#hunkAt} has more lines than it says`);
    }
    this.#behindHunk = false;
  }

  /** A `---` line without `+++` is text around the diff, unless git has announced a file. */
  #dropPending(): void {
    if (this.#pending === undefined) return;
    if (this.#section?.gitNames !== undefined && this.#section.hunks === 0) throw this.#error("a `+++` line must follow the `---` line");
    this.#pending = undefined;
  }

  #startFile(pending: { readonly name: string; readonly line: number }, after: string): void {
    const announced = this.#section;
    const belongs = announced?.gitNames !== undefined && announced.before === undefined && announced.hunks === 0;
    if (!belongs) this.#finishSection();
    const section = belongs ? announced : newSection(pending.line);
    section.before = pending.name;
    section.after = after;
    this.#section = section;
    this.#pending = undefined;
    this.#recognised = true;
    this.#behindHunk = false;
  }

  #hunkHeader(bytes: Uint8Array): void {
    const numbers = bytes[2] === at ? undefined : readHunkHeader(bytes);
    const section = this.#section;
    if (bytes[2] === at)
      throw this.#error("this is the combined diff of a merge, which belongs to no single base; use `git diff base...head`");
    if (section?.after === undefined || this.#pending !== undefined) {
      // `@@` may also start a line of the text around a diff.
      if (numbers === undefined && this.#pending === undefined) return;
      throw this.#error("a hunk without the `---` and `+++` lines that name its file");
    }
    if (numbers === undefined) throw this.#error("this is no hunk header; it should read like `@@ -1,2 +3,4 @@`");
    const [oldStart, oldCount, newStart, newCount] = numbers;
    const oldFirst = oldCount === 0 ? oldStart + 1 : oldStart;
    const newFirst = newCount === 0 ? newStart + 1 : newStart;
    const ascending = section.hunks === 0 || (oldFirst >= this.#oldLine && newFirst >= this.#newLine);
    if (!ascending || oldFirst === 0 || newFirst === 0) throw this.#error("the hunks of a file must ascend and not overlap");
    section.hunks += 1;
    this.#hunkAt = this.#line;
    this.#oldLine = oldFirst;
    this.#newLine = newFirst;
    this.#oldLeft = oldCount;
    this.#newLeft = newCount;
    this.#behindHunk = true;
  }

  #finishSection(): void {
    const section = this.#section;
    this.#section = undefined;
    if (section === undefined) return;
    if (section.before !== undefined && section.hunks === 0)
      throw this.#error("no hunk follows this file's `---` and `+++` lines", section.line);
    const file = changedFile(section);
    if (file === undefined) throw this.#error("the file that changed is not named in a way that can be read", section.line);
    const earlier = this.#files.get(file.path);
    const joined = earlier === undefined ? file : joinTypeChange(earlier.file, file);
    if (joined === undefined) {
      const lines = `in line ${earlier?.line} and in line ${section.line}`;
      throw new UserError(
        `${this.#source} changes ${JSON.stringify(file.path)} twice, ${lines}: a series of patches is not one diff. Give \`git diff base...head\`.`,
      );
    }
    this.#files.set(file.path, { file: joined, line: section.line });
  }

  #name(bytes: Uint8Array, from: number): string {
    this.#tooLong(bytes);
    const found = readName(bytes, from);
    if (found === undefined) throw this.#error("the file name cannot be read");
    return found.name;
  }

  #tooLong(bytes: Uint8Array): void {
    if (bytes.length > longestHeader) throw this.#error("the line is too long for a file name");
  }

  #error(what: string, line = this.#line): UserError {
    return new UserError(`${this.#source}, line ${line}: ${what}.`);
  }
}

function join(one: Uint8Array, other: Uint8Array): Uint8Array {
  // What exceeds the limit is only needed to tell that it does.
  const rest = other.subarray(0, Math.max(0, longestHeader + 1 - one.length));
  const both = new Uint8Array(one.length + rest.length);
  both.set(one);
  both.set(rest, one.length);
  return both;
}
