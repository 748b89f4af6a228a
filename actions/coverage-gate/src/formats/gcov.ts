import { hashOfText, sourcePath } from "./bytes.ts";
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

/** `gcov --json-format` (GCC 9 and newer). A line stands once for each function it is part of (templates): its counts add up. */
export class GcovHandler implements JsonHandler {
  readonly #draft: Draft;

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  want(path: JsonPath, kind: JsonKind): "enter" | "keep" | "skip" {
    if (path.length === 0) return kind === "object" ? "enter" : "keep";
    if (path[0] === "current_working_directory") return "keep";
    if (path[0] !== "files") return "skip";
    return path.length === 1 && kind === "array" ? "enter" : "keep";
  }

  value(path: JsonPath, value: unknown, offset: number): void {
    if (path[0] === "current_working_directory") {
      const root = asText(value);
      if (root !== undefined && root !== "") this.#draft.roots.push(root);
      return;
    }
    const file = asObject(value);
    const name = asText(member(file, "file")) ?? asText(member(file, "filename"));
    const lines = asList(member(file, "lines"));
    if (path.length !== 2 || file === undefined || name === undefined || name === "" || lines === undefined) {
      throw new ReportFault("`files` is no list of objects with `file` and `lines`", offset);
    }
    for (const line of lines) this.#line(asObject(line), offset);
    for (const entry of asList(member(file, "functions")) ?? []) this.#function(asObject(entry), offset);
    this.#draft.add({ path: sourcePath(name) });
  }

  #line(entry: JsonObject | undefined, offset: number): void {
    if (member(entry, "gcovr/noncode") === true) return;
    const line = asLine(member(entry, "line_number"), "`line_number`", offset);
    if (line === 0) {
      this.#draft.note("no-line");
      return;
    }
    this.#draft.tables.lines.hit(line, this.#draft.clamped(asNumber(member(entry, "count"), "`count`", offset)));
    (asList(member(entry, "branches")) ?? []).forEach((branch, i) => {
      this.#draft.tables.branches.add(
        line,
        i,
        this.#draft.clamped(asNumber(member(asObject(branch), "count"), "`count` of a branch", offset)),
      );
    });
  }

  #function(entry: JsonObject | undefined, offset: number): void {
    const start = member(entry, "start_line") ?? member(entry, "lineno");
    const name = asText(member(entry, "name")) ?? "";
    const line = start === undefined ? 0 : asLine(start, "the start of a function", offset);
    if (line === 0) return;
    const count = this.#draft.clamped(asNumber(member(entry, "execution_count"), "`execution_count`", offset));
    const text = asText(member(entry, "demangled_name")) ?? name;
    if (this.#draft.counts) this.#draft.tables.functions.addNamed(line, hashOfText(name), count, text);
    else this.#draft.tables.functions.add(line, hashOfText(name), count);
  }
}
