import { hashOfText, sourcePath } from "./bytes.ts";
import type { Draft } from "./draft.ts";
import { ReportFault } from "./fault.ts";
import { asLine, asList, asNumber, asObject, type JsonHandler, type JsonKind, type JsonObject, type JsonPath, member } from "./json.ts";

/** coverage.py's JSON. Excluded lines are no lines; a branch belongs to the line it leaves; its total percentage, which mixes both, is not used. */
export class CoveragePyHandler implements JsonHandler {
  readonly #draft: Draft;

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  want(path: JsonPath, kind: JsonKind): "enter" | "keep" | "skip" {
    if (kind !== "object") return path.length === 0 || path[0] === "files" ? "keep" : "skip";
    if (path.length === 0) return "enter";
    if (path[0] !== "files") return "skip";
    return path.length === 1 ? "enter" : "keep";
  }

  value(path: JsonPath, value: unknown, offset: number): void {
    const file = asObject(value);
    if (path.length !== 2 || file === undefined) throw new ReportFault("`files` is no object of files", offset);
    const [executed, missing] = [asList(member(file, "executed_lines")), asList(member(file, "missing_lines"))];
    if (executed === undefined || missing === undefined)
      throw new ReportFault("a file has no `executed_lines` and `missing_lines`", offset);
    const excluded = new Set(asList(member(file, "excluded_lines")) ?? []);
    this.#lines(missing, excluded, 0, offset);
    this.#lines(executed, excluded, 1, offset);
    this.#branches(asList(member(file, "executed_branches")) ?? [], 1, offset);
    this.#branches(asList(member(file, "missing_branches")) ?? [], 0, offset);
    this.#functions(asObject(member(file, "functions")), offset);
    this.#draft.add({ path: sourcePath(String(path[1])) });
  }

  /** Before 7, `executed_lines` holds excluded lines too. */
  #lines(lines: readonly unknown[], excluded: ReadonlySet<unknown>, count: number, offset: number): void {
    for (const given of lines) {
      if (excluded.has(given)) continue;
      const line = asLine(given, "a line", offset);
      if (line === 0) this.#draft.note("no-line");
      else this.#draft.tables.lines.hit(line, count);
    }
  }

  /** `[from, to]`; a negative `to` leaves the function or module that begins on that line. */
  #branches(branches: readonly unknown[], count: number, offset: number): void {
    for (const pair of branches) {
      const [from, to] = asList(pair) ?? [];
      const line = Math.abs(asNumber(from, "where a branch starts", offset));
      const target = asNumber(to, "where a branch goes", offset);
      if (line > 0) this.#draft.tables.branches.add(asLine(line, "where a branch starts", offset), 2 ** 31 + target, count);
    }
  }

  /** From 7.6 on. The code outside of any function has an empty name. */
  #functions(functions: JsonObject | undefined, offset: number): void {
    for (const [name, value] of Object.entries(functions ?? {})) {
      if (name === "") continue;
      const region = asObject(value);
      const executed = asList(member(region, "executed_lines")) ?? [];
      const all = [...executed, ...(asList(member(region, "missing_lines")) ?? [])];
      const start = member(region, "start_line");
      const first =
        start === undefined
          ? all.reduce<number>((least, line) => Math.min(least, asLine(line, "a line", offset)), Number.POSITIVE_INFINITY)
          : asLine(start, "the start of a function", offset);
      if (!Number.isFinite(first) || first === 0) continue;
      const count = executed.length > 0 ? 1 : 0;
      if (this.#draft.counts) this.#draft.tables.functions.addNamed(first, hashOfText(name), count, name);
      else this.#draft.tables.functions.add(first, hashOfText(name), count);
    }
  }
}
