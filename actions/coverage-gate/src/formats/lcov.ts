import { countOf, decimal, digits, Hash, hashOfText, lastLine, pastDigits, sourcePath, textOf } from "./bytes.ts";
import type { Draft, ReportParser } from "./draft.ts";
import { quoted, ReportFault } from "./fault.ts";
import { LcovRecord } from "./lcov-record.ts";

/** A record's name as a number, so that no string is made for each of millions of lines. */
function code(name: string): number {
  let value = 0;
  for (let i = 0; i < name.length; i++) value = value * 128 + name.charCodeAt(i);
  return value;
}

const [D, A, colon, comma, newline, carriage, minus] = [68, 65, 58, 44, 10, 13, 45];
const [B, R] = [66, 82];
const SF = code("SF");
const TN = code("TN");
const DA = code("DA");
const BRDA = code("BRDA");
type Field = (bytes: Uint8Array, start: number, end: number) => void;

/**
 * LCOV trace files, 1.x and 2.x, by bytes. `LF`/`LH` are never trusted for totals; they are evidence of one thing only, whether the last record
 * is whole.
 *
 * Cut or complete? A file is complete when its last line ends in a newline (or is `end_of_record` or `EOF`, which need none) and its last record was
 * closed. An open last record is taken as complete, with a note, only if
 * - its summary is there and agrees with its rows (`LF` the `DA` rows, `LH` those hit, `BRF` the `BRDA` rows if there are any), and, where earlier
 *   records were closed, it ends with the very kind of line that they end with; or
 * - no record of the file is closed or has any summary (a writer that never does), and it has at least one `DA` row.
 * Everything else is truncated: a line that stops half-way, a record that stops among its rows, a `TN` or `SF` with nothing behind it.
 */
export class LcovParser implements ReportParser {
  readonly #draft: Draft;
  readonly #record: LcovRecord;
  readonly #fields = new Map<number, Field>();
  #announced = false;

  /** `continued`: this is a later part of a file, which begins after an `end_of_record`. */
  constructor(draft: Draft, continued: boolean) {
    this.#draft = draft;
    this.#record = new LcovRecord(draft, continued);
    const record = this.#record;
    const fields: Record<string, Field> = {
      DA: (bytes, start, end) => this.#line(bytes, start, end),
      BRDA: (bytes, start, end) => this.#branch(bytes, start, end),
      FN: (bytes, start, end) => this.#function(bytes, start, end),
      FNDA: (bytes, start, end) => this.#functionCount(bytes, start, end),
      FNL: (bytes, start, end) => this.#functionGroup(bytes, start, end),
      FNA: (bytes, start, end) => this.#functionAlias(bytes, start, end),
      LF: (bytes, start, end) => record.summary("LF", digits(bytes, start, end)),
      LH: (bytes, start, end) => record.summary("LH", digits(bytes, start, end)),
      BRF: (bytes, start, end) => record.summary("BRF", digits(bytes, start, end)),
    };
    for (const name of ["FNF", "FNH", "BRH", "MCF", "MCH"]) fields[name] = () => record.summary("other", 0);
    for (const name of ["MCDC", "VER"]) fields[name] = () => undefined;
    for (const [name, field] of Object.entries(fields)) this.#fields.set(code(name), field);
  }

  push(bytes: Uint8Array, last: boolean): number {
    let at = 0;
    while (at < bytes.length) {
      at = this.#run(bytes, at);
      const end = bytes.indexOf(newline, at);
      if (end === -1) {
        if (!last) return at;
        this.#final(bytes, at);
        break;
      }
      this.#row(bytes, at, end);
      at = end + 1;
    }
    if (last) this.#record.end(bytes.length, this.#announced);
    return bytes.length;
  }

  #run(bytes: Uint8Array, start: number): number {
    const first = bytes[start];
    const end = first === D ? this.#lines(bytes, start) : first === B ? this.#branches(bytes, start) : start;
    if (end !== start) this.#record.lastKind = first === D ? DA : BRDA;
    return end;
  }

  /** A run of `DA:<line>,<count>`; stops at the first that is anything else, for `#row` to look at. */
  #lines(bytes: Uint8Array, start: number): number {
    const record = this.#record;
    const rows = this.#draft.tables.lines;
    if (!record.open) return start;
    for (let at = start; ; ) {
      if (bytes[at] !== D || bytes[at + 1] !== A || bytes[at + 2] !== colon) return at;
      const lineEnd = pastDigits(bytes, at + 3);
      const countEnd = pastDigits(bytes, lineEnd + 1);
      const end = bytes[countEnd] === carriage ? countEnd + 1 : countEnd;
      const plain = bytes[lineEnd] === comma && bytes[end] === newline && lineEnd - at <= 12 && countEnd - lineEnd <= 16;
      const line = plain ? decimal(bytes, at + 3, lineEnd) : 0;
      if (line === 0 || countEnd === lineEnd + 1) return at;
      const count = decimal(bytes, lineEnd + 1, countEnd);
      rows.hit(line, count);
      record.rows++;
      if (count > 0) record.hits++;
      at = end + 1;
    }
  }

  /** A run of `BRDA:<line>,<block>,<branch>,<taken>` in plain numbers. */
  #branches(bytes: Uint8Array, start: number): number {
    if (!this.#record.open) return start;
    for (let at = start; ; ) {
      if (bytes[at] !== B || bytes[at + 1] !== R || bytes[at + 2] !== D || bytes[at + 3] !== A || bytes[at + 4] !== colon) return at;
      const lineEnd = plainNumber(bytes, at + 5, comma);
      const blockEnd = plainNumber(bytes, lineEnd + 1, comma);
      const branchEnd = plainNumber(bytes, blockEnd + 1, comma);
      const never = bytes[branchEnd + 1] === minus;
      const takenEnd = never ? branchEnd + 2 : pastDigits(bytes, branchEnd + 1);
      const end = bytes[takenEnd] === carriage ? takenEnd + 1 : takenEnd;
      const plain = lineEnd > 0 && blockEnd > 0 && branchEnd > 0 && bytes[end] === newline && takenEnd - branchEnd <= 16;
      const line = plain && takenEnd > branchEnd + 1 ? decimal(bytes, at + 5, lineEnd) : 0;
      if (line === 0) return at;
      const taken = never ? 0 : decimal(bytes, branchEnd + 1, takenEnd);
      this.#record.branch(line, decimal(bytes, lineEnd + 1, blockEnd), decimal(bytes, blockEnd + 1, branchEnd), taken);
      at = end + 1;
    }
  }

  /** Any other line. */
  #row(bytes: Uint8Array, start: number, lineEnd: number): void {
    let end = lineEnd;
    while (end > start && (bytes[end - 1] ?? 0) <= 32) end--;
    if (end === start || bytes[start] === 35) return;
    let kind = 0;
    let at = start;
    for (; at < end && at < start + 5 && bytes[at] !== colon; at++) kind = kind * 128 + (bytes[at] ?? 0);
    if (bytes[at] !== colon || at === end) this.#word(bytes, start, end);
    else if (kind === SF) this.#file(bytes, at + 1, end, start);
    else if (kind === TN) this.#announced = true;
    else this.#field(kind, bytes, start, at + 1, end);
  }

  #field(kind: number, bytes: Uint8Array, start: number, from: number, end: number): void {
    const field = this.#fields.get(kind);
    if (field === undefined) {
      this.#unknown(bytes, start, end);
      return;
    }
    if (!this.#record.open)
      throw new ReportFault(`${quoted(textOf(bytes, start, end))} stands outside of a record, before any \`SF:\``, start);
    this.#record.lastKind = kind;
    field(bytes, from, end);
  }

  #word(bytes: Uint8Array, start: number, end: number): void {
    const word = end - start > 16 ? "" : textOf(bytes, start, end);
    if (word === "end_of_record") this.#record.close(start);
    else if (word !== "EOF" && word !== "\u001a") this.#unknown(bytes, start, end);
  }

  /** Newer kinds of records (`ABC:…`) are passed over; what does not look like a record at all makes the file malformed. */
  #unknown(bytes: Uint8Array, start: number, end: number): void {
    const text = textOf(bytes, start, Math.min(end, start + 80));
    if (!/^[A-Z][A-Z0-9_]{0,15}:/.test(text)) throw new ReportFault(`${quoted(text)} is no LCOV record`, start);
    this.#draft.note("unknown-record");
  }

  /** The last line, when no newline follows it. */
  #final(bytes: Uint8Array, start: number): void {
    const text = textOf(bytes, start, Math.min(bytes.length, start + 32)).trim();
    const complete =
      text === "" ||
      text === "end_of_record" ||
      text === "EOF" ||
      text === "\u001a" ||
      /^(#|(LF|LH|BRF|BRH|FNF|FNH|MCF|MCH):\d+$)/.test(text);
    if (!complete) throw new ReportFault(`the report is truncated: it ends in the middle of the line ${quoted(text)}`, start);
    this.#row(bytes, start, bytes.length);
  }

  #file(bytes: Uint8Array, start: number, end: number, rowStart: number): void {
    const path = textOf(bytes, start, end).trim();
    if (path === "") throw new ReportFault("`SF:` names no file", rowStart);
    this.#announced = false;
    this.#record.begin(sourcePath(path), rowStart);
  }

  #line(bytes: Uint8Array, start: number, end: number): void {
    const firstComma = bytes.indexOf(comma, start);
    const lineEnd = firstComma === -1 || firstComma > end ? end : firstComma;
    const line = this.#lineNumber(bytes, start, lineEnd);
    this.#record.rows++;
    if (line === 0) return;
    const secondComma = bytes.indexOf(comma, lineEnd + 1);
    const countEnd = secondComma === -1 || secondComma > end ? end : secondComma;
    const count = this.#count(bytes, lineEnd + 1, countEnd, "how often the line ran");
    if (count > 0) this.#record.hits++;
    this.#draft.tables.lines.hit(line, count);
  }

  /** 0 for what some writers put where they know no line (`undefined`, `NaN`, `0`, `-1`). */
  #lineNumber(bytes: Uint8Array, start: number, end: number): number {
    const line = digits(bytes, start, end);
    if (line > 0 && line <= lastLine) return line;
    const text = textOf(bytes, start, Math.min(end, start + 80));
    if (line !== 0 && !/^(undefined|NaN|null|None|-\d+)$/.test(text)) throw new ReportFault(`${quoted(text)} is no line number`, start);
    this.#draft.note("no-line");
    return 0;
  }

  #count(bytes: Uint8Array, start: number, end: number, meaning: string): number {
    const count = start > end ? Number.NaN : countOf(bytes, start, end);
    if (Number.isNaN(count)) {
      throw new ReportFault(`${quoted(textOf(bytes, start, Math.max(start, end)))} is no count; ${meaning} was expected`, start);
    }
    return this.#draft.clamped(count);
  }

  /** `line,[e][f][U]block,expression,taken`: the expression may hold commas, so `taken` is behind the last one. */
  #branch(bytes: Uint8Array, start: number, end: number): void {
    const first = bytes.indexOf(comma, start);
    const second = first === -1 ? -1 : bytes.indexOf(comma, first + 1);
    let third = end - 1;
    while (third > start && bytes[third] !== comma) third--;
    if (second === -1 || second >= third)
      throw new ReportFault(`${quoted(textOf(bytes, start, end))} is no branch: line, block, branch and taken were expected`, start);
    const never = third + 2 === end && bytes[third + 1] === minus;
    const taken = never ? 0 : this.#count(bytes, third + 1, end, "how often the branch was taken, or `-`,");
    const line = this.#lineNumber(bytes, start, first);
    const { excluded, block } = blockOf(textOf(bytes, first + 1, second));
    if (line === 0 || excluded) return;
    const branch = digits(bytes, second + 1, third);
    this.#record.branch(
      line,
      block,
      branch >= 0 && branch < 1e9 ? branch : 2 ** 32 + (hashOfText(textOf(bytes, second + 1, third)) % 2 ** 31),
      taken,
    );
  }

  /** `start,[end,]name`: a name may hold commas, so an end is only what is all digits and has a name behind it. */
  #function(bytes: Uint8Array, start: number, end: number): void {
    const first = bytes.indexOf(comma, start);
    if (first === -1 || first >= end)
      throw new ReportFault(`${quoted(textOf(bytes, start, end))} is no function: a line and a name were expected`, start);
    const line = this.#lineNumber(bytes, start, first);
    const second = bytes.indexOf(comma, first + 1);
    const nameStart = second !== -1 && second < end && digits(bytes, first + 1, second) >= 0 ? second + 1 : first + 1;
    if (line > 0) this.#record.functionLine(line, hashOf(bytes, nameStart, end), this.#draft.counts ? textOf(bytes, nameStart, end) : "");
  }

  #functionCount(bytes: Uint8Array, start: number, end: number): void {
    const first = bytes.indexOf(comma, start);
    if (first === -1 || first >= end)
      throw new ReportFault(`${quoted(textOf(bytes, start, end))} is no function count: a count and a name were expected`, start);
    this.#record.functionCount(hashOf(bytes, first + 1, end), this.#count(bytes, start, first, "how often the function ran"));
  }

  #functionGroup(bytes: Uint8Array, start: number, end: number): void {
    const [index = "", line = ""] = textOf(bytes, start, Math.min(end, start + 80)).split(",");
    const number = Number(line);
    if (index === "" || !/^\d{1,9}$/.test(line))
      throw new ReportFault(`${quoted(textOf(bytes, start, end))} is no function: an index and a line were expected`, start);
    if (number > 0) this.#record.group(index, number);
    else this.#draft.note("no-line");
  }

  #functionAlias(bytes: Uint8Array, start: number, end: number): void {
    const first = bytes.indexOf(comma, start);
    const second = first === -1 ? -1 : bytes.indexOf(comma, first + 1);
    if (second === -1 || second >= end)
      throw new ReportFault(`${quoted(textOf(bytes, start, end))} is no function: an index, a count and a name were expected`, start);
    const count = this.#count(bytes, first + 1, second, "how often the function ran");
    this.#record.alias(
      textOf(bytes, start, first),
      hashOf(bytes, second + 1, end),
      this.#draft.counts ? textOf(bytes, second + 1, end) : "",
      count,
    );
  }
}

/** Where one to nine digits end that `stop` follows; -1 for anything else. */
function plainNumber(bytes: Uint8Array, start: number, stop: number): number {
  const end = pastDigits(bytes, start);
  return start > 0 && end > start && end - start < 10 && bytes[end] === stop ? end : -1;
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  const hash = new Hash();
  for (let i = start; i < end; i++) hash.add(bytes[i] ?? 0);
  return hash.add(0x110000).value;
}

/** `e` exception and `f` fall-through edges are branches like others; `U` ones are marked unreachable and left out, as `BRF` does. */
function blockOf(text: string): { excluded: boolean; block: number } {
  const [, flags = "", number] = /^([efU]{0,3})(\d{1,9})$/.exec(text) ?? [];
  return { excluded: flags.includes("U"), block: number === undefined ? 2 ** 32 + (hashOfText(text) % 2 ** 31) : Number(number) };
}
