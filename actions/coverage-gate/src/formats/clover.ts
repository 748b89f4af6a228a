import { countOf, hashOfText, sourcePath } from "./bytes.ts";
import { countIn, lineOf, mostConditions } from "./cobertura.ts";
import type { Draft } from "./draft.ts";
import { ReportFault } from "./fault.ts";
import type { XmlHandler } from "./xml.ts";
import type { XmlTag } from "./xml-tag.ts";

export const cloverElements = ["file", "class", "line", "metrics", "testproject"] as const;
const [FILE, CLASS, LINE, METRICS, TESTS] = [1, 2, 3, 4, 5];
export const cloverAttributes = [
  "num",
  "type",
  "count",
  "truecount",
  "falsecount",
  "path",
  "name",
  "signature",
  "conditionals",
  "coveredconditionals",
] as const;
const [NUM, TYPE, COUNT, TRUE, FALSE, PATH, NAME, SIGNATURE, CONDITIONALS, COVERED] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

interface Condition {
  readonly line: number;
  readonly whenTrue: number;
  readonly whenFalse: number;
}

/**
 * Clover XML of istanbul (`path` is absolute, `name` is not), PHPUnit (`name` is absolute) and OpenClover. `stmt` and `cond` rows are lines, `stmt` rows
 * are statements, `method` rows are functions and no lines. OpenClover puts the tests themselves into `<testproject>`: they are not what is measured.
 *
 * `truecount` and `falsecount` are how often either path of a condition was taken: two branches. istanbul puts other numbers there: how many branches
 * of the line were covered, and how many were not. A file's own `<metrics>` tells which of the two it is; where it tells neither, the first holds.
 */
export class CloverHandler implements XmlHandler {
  readonly #draft: Draft;
  #path: string | undefined;
  #classes = 0;
  #tests = false;
  #conditions: Condition[] = [];
  #stated: { total: number; covered: number } | undefined;
  #statement = { line: 0, ordinal: 0 };

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  open(name: number, tag: XmlTag): void {
    if (name === LINE) this.#line(tag);
    else if (name === FILE) this.#file(tag);
    else if (name === CLASS) this.#classes++;
    else if (name === TESTS) this.#tests = true;
    else if (name === METRICS && this.#path !== undefined && this.#classes === 0) this.#metrics(tag);
  }

  close(name: number): void {
    if (name === CLASS) this.#classes--;
    else if (name === FILE) this.finish();
    else if (name === TESTS) this.#tests = false;
  }

  finish(): void {
    if (this.#path === undefined) return;
    this.#branches();
    this.#draft.add({ path: this.#path });
    this.#path = undefined;
  }

  #file(tag: XmlTag): void {
    if (this.#tests) return;
    const path = tag.text(PATH) ?? tag.text(NAME);
    if (path === undefined || path === "") throw new ReportFault("a `<file>` has neither `path` nor `name`", tag.start);
    this.finish();
    this.#path = sourcePath(path);
    this.#classes = 0;
    this.#conditions = [];
    this.#stated = undefined;
    this.#statement = { line: 0, ordinal: 0 };
  }

  #metrics(tag: XmlTag): void {
    const [total, covered] = [given(tag, CONDITIONALS), given(tag, COVERED)];
    if (total !== undefined && covered !== undefined) this.#stated = { total, covered };
  }

  #line(tag: XmlTag): void {
    if (this.#path === undefined) return;
    const line = lineOf(tag, NUM);
    if (line === 0) {
      this.#draft.note("no-line");
      return;
    }
    if (tag.is(TYPE, "stmt") || !tag.has(TYPE)) this.#stmt(line, this.#draft.clamped(countIn(tag, COUNT)));
    else if (tag.is(TYPE, "cond")) this.#condition(line, tag);
    else if (tag.is(TYPE, "method")) this.#method(line, tag);
    else this.#draft.note("unknown-record");
  }

  #stmt(line: number, count: number): void {
    const { lines, statements } = this.#draft.tables;
    const ordinal = line === this.#statement.line ? this.#statement.ordinal + 1 : 0;
    this.#statement.line = line;
    this.#statement.ordinal = ordinal;
    lines.hit(line, count);
    statements.add(line, ordinal, count);
  }

  #condition(line: number, tag: XmlTag): void {
    const [whenTrue, whenFalse] = [this.#draft.clamped(given(tag, TRUE) ?? 0), this.#draft.clamped(given(tag, FALSE) ?? 0)];
    const count = tag.has(COUNT) ? this.#draft.clamped(countIn(tag, COUNT)) : whenTrue + whenFalse;
    this.#draft.tables.lines.hit(line, count);
    if (tag.has(TRUE) || tag.has(FALSE)) this.#conditions.push({ line, whenTrue, whenFalse });
  }

  #method(line: number, tag: XmlTag): void {
    const count = this.#draft.clamped(countIn(tag, COUNT));
    const name = tag.text(NAME) ?? tag.text(SIGNATURE) ?? "";
    if (this.#draft.counts) this.#draft.tables.functions.addNamed(line, hashOfText(name), count, name);
    else this.#draft.tables.functions.add(line, hashOfText(name), count);
  }

  #branches(): void {
    const { branches } = this.#draft.tables;
    const perLine = this.#countsBranches();
    let before = 0;
    let ordinal = 0;
    for (const { line, whenTrue, whenFalse } of this.#conditions) {
      if (perLine) {
        branches.addCovered(line, whenTrue, whenTrue + whenFalse);
        continue;
      }
      ordinal = line === before ? ordinal + 1 : 0;
      before = line;
      branches.add(line, ordinal * 2, whenTrue);
      branches.add(line, ordinal * 2 + 1, whenFalse);
    }
  }

  /** Whether the file's metrics fit only if the two numbers are counts of branches. */
  #countsBranches(): boolean {
    const { total, covered } = this.#stated ?? { total: -1, covered: -1 };
    const sum = (value: (condition: Condition) => number) => this.#conditions.reduce((all, condition) => all + value(condition), 0);
    const paths = sum(({ whenTrue, whenFalse }) => (whenTrue > 0 ? 1 : 0) + (whenFalse > 0 ? 1 : 0));
    if (total === this.#conditions.length * 2 && covered === paths) return false;
    if (this.#conditions.some(({ whenTrue, whenFalse }) => whenTrue + whenFalse > mostConditions)) return false;
    return total === sum(({ whenTrue, whenFalse }) => whenTrue + whenFalse) && covered === sum(({ whenTrue }) => whenTrue);
  }
}

function given(tag: XmlTag, attribute: number): number | undefined {
  if (!tag.has(attribute)) return undefined;
  const count = countOf(tag.bytes, tag.from[attribute] ?? 0, tag.to[attribute] ?? 0);
  return Number.isNaN(count) ? undefined : count;
}
