import { hashOfNumbers, hashOfText, sourcePath } from "./bytes.ts";
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

interface Place {
  readonly line: number;
  readonly key: number;
}

/**
 * istanbul's `coverage-final.json`, and jest's `report.json` (under `coverageMap`, a file's data under `data`). A line is where a statement starts, and
 * ran as often as the statement on it that ran most. Branches are told apart by their position in the source.
 */
export class IstanbulHandler implements JsonHandler {
  readonly #draft: Draft;
  #jest = false;

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  want(path: JsonPath, kind: JsonKind): "enter" | "keep" | "skip" {
    if (kind !== "object") return path.length === 0 ? "keep" : "skip";
    if (path.length === 0) return "enter";
    if (path.length === 1 && path[0] === "coverageMap") {
      this.#jest = true;
      return "enter";
    }
    return path.length === 1 && this.#jest ? "skip" : "keep";
  }

  value(path: JsonPath, value: unknown, offset: number): void {
    if (path.length === 0) throw new ReportFault("the document is no object of files", offset);
    const outer = asObject(value);
    const data = asObject(member(outer, "data")) ?? outer;
    if (data === undefined || asObject(member(data, "statementMap")) === undefined) {
      // A report of jest has other objects beside its coverage.
      if (path.length === 1 && asObject(member(data, "s")) === undefined) return;
      throw new ReportFault("a file has no `statementMap`", offset);
    }
    const file = asText(member(data, "path")) ?? String(path.at(-1));
    this.#statements(data, offset);
    this.#functions(data, offset);
    this.#branches(data, offset);
    const placeholder = member(data, "all") === true;
    const denominator = everyLine(data) ? ("every-line" as const) : ("statements" as const);
    this.#draft.add({ path: sourcePath(file), denominator, ...(placeholder ? { placeholder: true as const } : {}) });
  }

  #statements(data: JsonObject, offset: number): void {
    const counts = asObject(member(data, "s"));
    const { lines, statements } = this.#draft.tables;
    const best = new Map<number, number>();
    for (const [id, span] of Object.entries(asObject(member(data, "statementMap")) ?? {})) {
      const place = placeOf(span, offset);
      const count = this.#draft.clamped(asNumber(member(counts, id), "how often a statement ran", offset));
      if (place === undefined) {
        this.#draft.note("no-line");
        continue;
      }
      best.set(place.line, Math.max(best.get(place.line) ?? 0, count));
      statements.add(place.line, place.key, count);
    }
    for (const [line, count] of best) lines.hit(line, count);
  }

  #functions(data: JsonObject, offset: number): void {
    const counts = asObject(member(data, "f"));
    for (const [id, entry] of Object.entries(asObject(member(data, "fnMap")) ?? {})) {
      const place =
        placeOf(member(asObject(entry), "decl"), offset) ?? placeOf(member(asObject(entry), "loc"), offset) ?? placeAt(entry, offset);
      const count = this.#draft.clamped(asNumber(member(counts, id), "how often a function ran", offset));
      const name = asText(member(asObject(entry), "name")) ?? "";
      if (place === undefined) this.#draft.note("no-line");
      else if (this.#draft.counts) this.#draft.tables.functions.addNamed(place.line, place.key, count, name);
      else this.#draft.tables.functions.add(place.line, place.key, count);
    }
  }

  #branches(data: JsonObject, offset: number): void {
    const counts = asObject(member(data, "b"));
    for (const [id, entry] of Object.entries(asObject(member(data, "branchMap")) ?? {})) {
      const branch = asObject(entry);
      const paths = asList(member(counts, id));
      if (paths === undefined) throw new ReportFault("a branch has no counts", offset);
      const place = branchPlace(branch, offset);
      const type = hashOfText(asText(member(branch, "type")) ?? "");
      paths.forEach((count, i) => {
        const times = this.#draft.clamped(asNumber(count, "how often a branch was taken", offset));
        if (place === undefined) this.#draft.note("unplaced-branch");
        else this.#draft.tables.branches.add(place.line, hashOfNumbers(place.key, type, i), times);
      });
    }
  }
}

/** The branch's own position; where that is `{}`, that of its first path that has one. */
function branchPlace(branch: JsonObject | undefined, offset: number): Place | undefined {
  const own = placeOf(member(branch, "loc"), offset);
  if (own !== undefined) return own;
  for (const location of asList(member(branch, "locations")) ?? []) {
    const place = placeOf(location, offset);
    if (place !== undefined) return place;
  }
  return placeAt(branch, offset);
}

function placeAt(entry: unknown, offset: number): Place | undefined {
  const given = member(asObject(entry), "line");
  const line = given === undefined || given === null ? 0 : asLine(given, "a line", offset);
  return line === 0 ? undefined : { line, key: 0 };
}

function placeOf(span: unknown, offset: number): Place | undefined {
  const object = asObject(span);
  const start = asObject(member(object, "start"));
  const given = member(start, "line");
  if (given === undefined || given === null) return undefined;
  const line = asLine(given, "the line of a statement", offset);
  if (line === 0) return undefined;
  const end = asObject(member(object, "end"));
  const number = (value: unknown) => (typeof value === "number" ? value : -1);
  return { line, key: hashOfNumbers(number(member(start, "column")), number(member(end, "line")), number(member(end, "column"))) };
}

/** V8's coverage without a syntax tree makes every line of the file a statement, blank ones too: 1, 2, 3 … each from column 0. */
function everyLine(data: JsonObject): boolean {
  const spans = Object.values(asObject(member(data, "statementMap")) ?? {});
  if (spans.length < 2) return false;
  return spans.every((span, i) => {
    const start = asObject(member(asObject(span), "start"));
    const end = asObject(member(asObject(span), "end"));
    return member(start, "line") === i + 1 && member(start, "column") === 0 && member(end, "line") === i + 1;
  });
}
