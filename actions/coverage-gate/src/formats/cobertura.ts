import { countOf, digits, Hash, lastLine, sourcePath } from "./bytes.ts";
import type { Draft } from "./draft.ts";
import { quoted, ReportFault } from "./fault.ts";
import { LineRows } from "./line-rows.ts";
import type { XmlHandler } from "./xml.ts";
import type { XmlTag } from "./xml-tag.ts";

export const coberturaElements = ["coverage", "source", "class", "methods", "method", "line"] as const;
const [COVERAGE, SOURCE, CLASS, METHODS, METHOD, LINE] = [1, 2, 3, 4, 5, 6];
export const coberturaAttributes = [
  "number",
  "hits",
  "condition-coverage",
  "filename",
  "name",
  "signature",
  "lines-valid",
  "lines-covered",
] as const;
const [NUMBER, HITS, CONDITIONS, FILENAME, NAME, SIGNATURE, VALID, COVERED] = [1, 2, 3, 4, 5, 6, 7, 8];

/**
 * Cobertura XML. Lines are those of a class's `<lines>`; those under `<methods>` say the same again and count only where a class has no other.
 * A file may be split over many classes (inner classes, partial classes, templates): their lines are one file's.
 */
export class CoberturaHandler implements XmlHandler {
  readonly #draft: Draft;
  readonly #methodRows: LineRows;
  #path: string | undefined;
  #className = "";
  #classStart = 0;
  #inMethods = false;
  #method: { key: Hash; name: string; line: number; hits: number } | undefined;

  constructor(draft: Draft) {
    this.#draft = draft;
    this.#methodRows = new LineRows(draft.counts);
  }

  open(name: number, tag: XmlTag): void {
    if (name === LINE) this.#line(tag);
    else if (name === CLASS) this.#class(tag);
    else if (name === METHODS) this.#inMethods = true;
    else if (name === METHOD) this.#beginMethod(tag);
    else if (name === SOURCE) tag.wantText();
    else if (name === COVERAGE) this.#root(tag);
  }

  close(name: number): void {
    if (name === METHODS) this.#inMethods = false;
    else if (name === METHOD) this.#endMethod();
    else if (name === CLASS) this.#endClass();
  }

  text(_: number, text: string): void {
    const root = text.trim();
    if (root !== "") this.#draft.roots.push(root);
  }

  /** Hands over the last file. */
  finish(): void {
    if (this.#path !== undefined) this.#draft.add({ path: this.#path });
    this.#path = undefined;
  }

  #root(tag: XmlTag): void {
    const [total, covered] = [number(tag, VALID), number(tag, COVERED)];
    if (total >= 0 && covered >= 0) this.#draft.stated = { covered, total };
  }

  #class(tag: XmlTag): void {
    const filename = tag.text(FILENAME);
    if (filename === undefined || filename === "") throw new ReportFault("a `<class>` names no file in `filename`", tag.start);
    const path = sourcePath(filename);
    if (path !== this.#path) this.finish();
    this.#path = path;
    this.#className = tag.text(NAME) ?? "";
    this.#classStart = this.#draft.tables.lines.length;
    this.#methodRows.clear();
    this.#inMethods = false;
  }

  #endClass(): void {
    const { lines } = this.#draft.tables;
    if (lines.length === this.#classStart) lines.addRows(this.#methodRows);
  }

  #beginMethod(tag: XmlTag): void {
    const name = tag.text(NAME) ?? "";
    const key = new Hash()
      .text(this.#className)
      .text(name)
      .text(tag.text(SIGNATURE) ?? "");
    this.#method = { key, name, line: 0, hits: 0 };
  }

  #endMethod(): void {
    const method = this.#method;
    this.#method = undefined;
    if (method === undefined || method.line === 0 || this.#path === undefined) return;
    const { functions } = this.#draft.tables;
    if (this.#draft.counts) functions.addNamed(method.line, method.key.value, method.hits, method.name);
    else functions.add(method.line, method.key.value, method.hits);
  }

  #line(tag: XmlTag): void {
    if (this.#path === undefined) return;
    const line = lineOf(tag, NUMBER);
    if (line === 0) {
      this.#draft.note("no-line");
      return;
    }
    const hits = this.#draft.clamped(countIn(tag, HITS));
    if (!this.#inMethods) this.#draft.tables.lines.hit(line, hits);
    else this.#methodLine(line, hits);
    if (tag.has(CONDITIONS) && !this.#inMethods) this.#conditions(line, tag);
  }

  #methodLine(line: number, hits: number): void {
    this.#methodRows.hit(line, hits);
    const method = this.#method;
    if (method === undefined) return;
    if (method.line === 0 || line < method.line) method.line = line;
    method.hits = Math.max(method.hits, hits);
  }

  /** `50% (1/2)`; without the numbers in brackets nothing is known of the branches. */
  #conditions(line: number, tag: XmlTag): void {
    const [from, to] = [tag.from[CONDITIONS] ?? 0, tag.to[CONDITIONS] ?? 0];
    let open = from;
    while (open < to && tag.bytes[open] !== 40) open++;
    let between = open + 1;
    while (between < to && tag.bytes[between] !== 47) between++;
    let close = between + 1;
    while (close < to && tag.bytes[close] !== 41) close++;
    if (close >= to) return;
    const [covered, total] = [digits(tag.bytes, open + 1, between), digits(tag.bytes, between + 1, close)];
    if (covered < 0 || covered > total || total > mostConditions) {
      throw new ReportFault(`${quoted(tag.text(CONDITIONS) ?? "")} is no condition coverage`, tag.start);
    }
    this.#draft.tables.branches.addCovered(line, covered, total);
  }
}

/** A method of the JVM has at most 65,535 bytes; no line has more branches. */
export const mostConditions = 65_535;

function number(tag: XmlTag, attribute: number): number {
  return tag.has(attribute) ? digits(tag.bytes, tag.from[attribute] ?? 0, tag.to[attribute] ?? 0) : -1;
}

/** A line number; 0 where the writer knew none (`0`, `-1`). */
export function lineOf(tag: XmlTag, attribute: number): number {
  const line = number(tag, attribute);
  if (line > 0 && line <= lastLine) return line;
  const text = tag.text(attribute);
  if (line !== 0 && !/^-\d{1,9}$/.test(text ?? "")) {
    throw new ReportFault(text === undefined ? "a line has no number" : `${quoted(text)} is no line number`, tag.start);
  }
  return 0;
}

/** A count that must be there. */
export function countIn(tag: XmlTag, attribute: number): number {
  const count = tag.has(attribute) ? countOf(tag.bytes, tag.from[attribute] ?? 0, tag.to[attribute] ?? 0) : Number.NaN;
  if (Number.isNaN(count)) {
    const text = tag.text(attribute);
    throw new ReportFault(text === undefined ? "a line does not say how often it ran" : `${quoted(text)} is no count`, tag.start);
  }
  return count;
}
