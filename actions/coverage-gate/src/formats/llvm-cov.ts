import { hashOfNumbers, sourcePath } from "./bytes.ts";
import type { Draft } from "./draft.ts";
import { ReportFault } from "./fault.ts";
import {
  asLine,
  asList,
  asNumber,
  asObject,
  asText,
  type JsonHandler,
  type JsonKind,
  type JsonObject,
  type JsonPath,
  member,
} from "./json.ts";
import { totalsOf } from "./json-summary.ts";
import { Tables } from "./tables.ts";

interface Segment {
  readonly line: number;
  readonly count: number;
  readonly hasCount: boolean;
  readonly entry: boolean;
  readonly gap: boolean;
}

/** `llvm-cov export` JSON (clang, Rust, Swift). A line ran as often as the region on it that ran most, counted as llvm-cov's own listing does. */
export class LlvmCovHandler implements JsonHandler {
  readonly #draft: Draft;
  /** Functions by file: they come apart from the files. */
  #functions = new Map<string, Tables>();

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  want(path: JsonPath, kind: JsonKind): "enter" | "keep" | "skip" {
    const [first, , third] = path;
    if (path.length === 0) return kind === "object" ? "enter" : "keep";
    if (first !== "data" || kind === "scalar") return "skip";
    if (path.length === 3) return (third === "files" || third === "functions") && kind === "array" ? "enter" : "skip";
    return path.length < 3 ? "enter" : "keep";
  }

  value(path: JsonPath, value: unknown, offset: number): void {
    const object = asObject(value);
    if (path.length !== 4 || object === undefined) throw new ReportFault("`data` is no list of exports with `files`", offset);
    if (path[2] === "functions") this.#function(object, offset);
    else this.#file(object, offset);
  }

  finish(): void {
    for (const [path, tables] of this.#functions) this.#draft.add({ path }, tables);
    this.#functions = new Map();
  }

  #file(file: JsonObject, offset: number): void {
    const path = asText(member(file, "filename"));
    if (path === undefined || path === "") throw new ReportFault("a file has no `filename`", offset);
    const segments = asList(member(file, "segments"));
    if (segments === undefined) {
      const totals = totalsOf(asObject(member(file, "summary")), "count", offset);
      if (totals === undefined) throw new ReportFault("a file has neither `segments` nor `summary`", offset);
      this.#draft.add({ path: sourcePath(path), totals });
      return;
    }
    this.#lines(
      segments.map((segment) => segmentOf(segment, offset)),
      offset,
    );
    for (const branch of asList(member(file, "branches")) ?? []) this.#branch(asList(branch) ?? [], offset);
    this.#draft.add({ path: sourcePath(path) });
  }

  #lines(segments: readonly Segment[], offset: number): void {
    let wrapped: Segment | undefined;
    let next = 0;
    let line = segments[0]?.line ?? 0;
    while (next < segments.length) {
      const first = next;
      while (next < segments.length && (segments[next]?.line ?? 0) <= line) next++;
      const here = segments.slice(first, next);
      const count = countOfLine(wrapped, here);
      if (count !== undefined && line > 0) this.#draft.tables.lines.hit(line, this.#draft.clamped(count));
      wrapped = here.at(-1) ?? wrapped;
      const following = segments[next]?.line ?? line;
      const inside = wrapped?.hasCount === true;
      if (inside && here.length > 0) this.#draft.expand(following - line, offset);
      line = inside ? line + 1 : Math.max(following, line + 1);
    }
  }

  /** `[line, column, endLine, endColumn, timesTrue, timesFalse, …]`. */
  #branch(branch: readonly unknown[], offset: number): void {
    const [line = 0, column = 0, endLine = 0, endColumn = 0, whenTrue = 0, whenFalse = 0] = branch
      .slice(0, 6)
      .map((value) => asNumber(value, "a number of a branch", offset));
    if (asLine(line, "the line of a branch", offset) === 0) {
      this.#draft.note("no-line");
      return;
    }
    const { branches } = this.#draft.tables;
    branches.add(line, hashOfNumbers(column, endLine, endColumn, 1), this.#draft.clamped(whenTrue));
    branches.add(line, hashOfNumbers(column, endLine, endColumn, 0), this.#draft.clamped(whenFalse));
  }

  /** Instances of a template stand on one place and are one function. */
  #function(entry: JsonObject, offset: number): void {
    const path = asText(asList(member(entry, "filenames"))?.[0]);
    const [line, column] = asList(asList(member(entry, "regions"))?.[0]) ?? [];
    if (path === undefined || line === undefined) return;
    const place = asLine(line, "the line of a function", offset);
    if (place === 0) return;
    const file = sourcePath(path);
    const tables = this.#functions.get(file) ?? new Tables(this.#draft.counts);
    this.#functions.set(file, tables);
    const count = this.#draft.clamped(asNumber(member(entry, "count"), "how often a function ran", offset));
    const key = asNumber(column, "the column of a function", offset);
    if (this.#draft.counts) tables.functions.addNamed(place, key, count, asText(member(entry, "name")) ?? "");
    else tables.functions.add(place, key, count);
  }
}

function segmentOf(value: unknown, offset: number): Segment {
  const [line, , count, hasCount, entry, gap] = asList(value) ?? [];
  return {
    line: asLine(line, "the line of a segment", offset),
    count: asNumber(count, "how often a segment ran", offset),
    hasCount: truthy(hasCount),
    entry: truthy(entry),
    gap: truthy(gap),
  };
}

/** Old versions write 0 and 1. */
function truthy(value: unknown): boolean {
  return value === true || value === 1;
}

/** How often a line ran, given the region it begins in and the segments on it; `undefined` where no code is. */
function countOfLine(wrapped: Segment | undefined, here: readonly Segment[]): number | undefined {
  const starts = here.filter((segment) => !segment.gap && segment.hasCount && segment.entry);
  const [first] = here;
  const skipped = first !== undefined && !first.hasCount && first.entry;
  const entered = here.some((segment) => segment.hasCount && segment.entry);
  const mapped = entered || (!skipped && (wrapped?.hasCount === true || starts.length > 0));
  if (!mapped) return undefined;
  return starts.reduce((most, segment) => Math.max(most, segment.count), wrapped?.count ?? 0);
}
