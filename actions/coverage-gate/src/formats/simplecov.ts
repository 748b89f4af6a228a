import { lineState } from "../model.ts";
import { hashOfText, sourcePath } from "./bytes.ts";
import type { Draft } from "./draft.ts";
import { ReportFault } from "./fault.ts";
import { asList, asNumber, asObject, asText, type JsonHandler, type JsonKind, type JsonObject, type JsonPath, member } from "./json.ts";

/**
 * SimpleCov's `.resultset.json` (one or more commands, each with its own `coverage`) and its `coverage.json`. `null` and `"ignored"` lines are kept as
 * `ignored`, because SimpleCov's own merge of a `null` and a 0 gives `null`, and of a `null` and a hit the hit.
 */
export class SimplecovHandler implements JsonHandler {
  readonly #draft: Draft;

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  want(path: JsonPath, kind: JsonKind): "enter" | "keep" | "skip" {
    const [first, second] = path;
    if (path.length === 0) return kind === "object" ? "enter" : "keep";
    const json = first === "coverage";
    if (path.length === 1) return kind === "object" && first !== "meta" && first !== "groups" ? "enter" : "skip";
    if (path.length === 2 && json) return "keep";
    if (path.length === 2) return second === "coverage" && kind === "object" ? "enter" : "skip";
    return "keep";
  }

  value(path: JsonPath, value: unknown, offset: number): void {
    const object = asObject(value);
    const lines = asList(value) ?? asList(member(object, "lines"));
    if (path.length < 2 || lines === undefined) throw new ReportFault("a file has no `lines`", offset);
    lines.forEach((hits, i) => {
      if (hits === null || hits === "ignored") this.#draft.tables.lines.add(i + 1, lineState.ignored, 0);
      else this.#draft.tables.lines.hit(i + 1, this.#draft.clamped(asNumber(hits, `how often line ${i + 1} ran`, offset)));
    });
    const branches = member(object, "branches");
    this.#branches(asObject(branches), offset);
    this.#listedBranches(asList(branches) ?? [], offset);
    this.#methods(asObject(member(object, "methods")), offset);
    this.#draft.add({ path: sourcePath(String(path.at(-1))) });
  }

  /** `{"[:if, 0, 3, 4, 5, 7]": {"[:then, 1, 4, 6, 4, 9]": 2}}`: Ruby's `inspect` of kind, running number, start and end. */
  #branches(branches: JsonObject | undefined, offset: number): void {
    for (const [condition, paths] of Object.entries(branches ?? {})) {
      const place = inspected(condition);
      for (const [path, count] of Object.entries(asObject(paths) ?? {})) {
        const times = this.#draft.clamped(asNumber(count, "how often a branch was taken", offset));
        if (place === undefined) this.#draft.note("unplaced-branch");
        else this.#draft.tables.branches.add(place.line, hashOfText(`${place.key} ${inspected(path)?.key ?? path}`), times);
      }
    }
  }

  /** `coverage.json`: `{"type": "then", "start_line": 4, "end_line": 4, "coverage": 2}`. */
  #listedBranches(branches: readonly unknown[], offset: number): void {
    branches.forEach((entry, i) => {
      const branch = asObject(entry);
      const count = member(branch, "coverage");
      const line = member(branch, "start_line");
      if (count === null || count === "ignored") return;
      const times = this.#draft.clamped(asNumber(count, "how often a branch was taken", offset));
      if (typeof line !== "number" || !(line > 0 && line < 2 ** 31)) this.#draft.note("unplaced-branch");
      else
        this.#draft.tables.branches.add(
          line,
          hashOfText(`${asText(member(branch, "type"))} ${String(member(branch, "end_line"))} ${i}`),
          times,
        );
    });
  }

  /** `{"[Shop::Cart, :total, 3, 2, 5, 5]": 1}`. */
  #methods(methods: JsonObject | undefined, offset: number): void {
    for (const [text, count] of Object.entries(methods ?? {})) {
      const place = inspected(text);
      const times = this.#draft.clamped(asNumber(count, "how often a method ran", offset));
      if (place === undefined) continue;
      if (this.#draft.counts) this.#draft.tables.functions.addNamed(place.line, hashOfText(place.key), times, place.name);
      else this.#draft.tables.functions.add(place.line, hashOfText(place.key), times);
    }
  }
}

/** The last four fields are a position, what stands before them a name; a branch's running number says nothing between runs. */
function inspected(text: string): { line: number; key: string; name: string } | undefined {
  const fields = text.replace(/^\[|\]$/g, "").split(", ");
  const position = fields.slice(-4).map(Number);
  const [line = 0] = position;
  if (fields.length < 5 || !position.every((number) => Number.isInteger(number) && number >= 0) || line === 0 || line > 0x7fffffff)
    return undefined;
  const name = fields
    .slice(0, -4)
    .filter((field) => !/^\d+$/.test(field))
    .join(" ");
  return { line, key: `${name} ${position.join(" ")}`, name };
}
