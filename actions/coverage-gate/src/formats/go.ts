import { digits, hashOfNumbers, lastLine, sourcePath, textOf } from "./bytes.ts";
import type { Draft, ReportParser } from "./draft.ts";
import { quoted, ReportFault } from "./fault.ts";

const [newline, space, comma, dot, colon] = [10, 32, 44, 46, 58];

/**
 * Go cover profiles: `file:line.column,line.column statements count`. Blocks are the statements, each weighing as many as it holds, told apart by their
 * range (`-coverpkg` repeats each block once per test binary). A line ran if any block on it did, from its first line to its last; blocks
 * without statements are no code. Profiles may be concatenated, so `mode:` may come again.
 */
export class GoParser implements ReportParser {
  readonly #draft: Draft;
  #begun: boolean;
  #path: string | undefined;
  /** The bytes of `#path`, to compare the next line with. */
  #name = new Uint8Array(0);

  constructor(draft: Draft, continued: boolean) {
    this.#draft = draft;
    this.#begun = continued;
  }

  push(bytes: Uint8Array, last: boolean): number {
    let at = 0;
    while (at < bytes.length) {
      const found = bytes.indexOf(newline, at);
      if (found === -1 && !last) return at;
      const end = found === -1 ? bytes.length : found;
      this.#row(bytes, at, end, found === -1);
      at = end + 1;
    }
    if (last) this.#flush();
    return bytes.length;
  }

  #row(bytes: Uint8Array, start: number, lineEnd: number, cut: boolean): void {
    let end = lineEnd;
    while (end > start && (bytes[end - 1] ?? 0) <= space) end--;
    if (end === start) return;
    if (end - start < 32 && textOf(bytes, start, start + 5) === "mode:") {
      const mode = textOf(bytes, start + 5, end).trim();
      if (!["set", "count", "atomic"].includes(mode)) throw malformed(`${quoted(mode)} is no mode of a Go profile`, start, cut);
      this.#begun = true;
      return;
    }
    if (!this.#begun) throw new ReportFault("a Go profile begins with `mode: set`, `count` or `atomic`", start);
    this.#block(bytes, start, end, cut);
  }

  #block(bytes: Uint8Array, start: number, end: number, cut: boolean): void {
    const stops = [end, 0, 0, 0, 0, 0, 0];
    const separators = [space, space, dot, comma, dot, colon];
    separators.forEach((separator, i) => {
      let at = (stops[i] ?? 0) - 1;
      while (at > start && bytes[at] !== separator) at--;
      stops[i + 1] = at;
    });
    const field = (i: number) => digits(bytes, (stops[i + 1] ?? 0) + 1, stops[i] ?? 0);
    const [count, weight, endColumn, endLine, column, line] = [field(0), field(1), field(2), field(3), field(4), field(5)];
    const nameEnd = stops[6] ?? 0;
    if (
      nameEnd <= start ||
      Math.min(count, weight, endColumn, endLine, column) < 0 ||
      line < 1 ||
      endLine < line ||
      endLine > lastLine ||
      weight > 0xffffffff
    ) {
      throw malformed(`${quoted(textOf(bytes, start, end))} is no block of a Go profile`, start, cut);
    }
    this.#draft.expand(endLine - line, start);
    this.#file(bytes, start, nameEnd);
    if (weight === 0) return;
    const { lines, statements } = this.#draft.tables;
    for (let at = line; at <= endLine; at++) lines.hit(at, count);
    statements.add(line, hashOfNumbers(column, endLine, endColumn), count, weight);
  }

  #file(bytes: Uint8Array, start: number, end: number): void {
    const name = this.#name;
    if (this.#path !== undefined && name.length === end - start) {
      let same = 0;
      while (same < name.length && name[same] === bytes[start + same]) same++;
      if (same === name.length) return;
    }
    this.#flush();
    this.#name = bytes.slice(start, end);
    this.#path = sourcePath(textOf(bytes, start, end));
  }

  #flush(): void {
    if (this.#path !== undefined) this.#draft.add({ path: this.#path });
    this.#path = undefined;
  }
}

function malformed(reason: string, offset: number, cut: boolean): ReportFault {
  return new ReportFault(cut ? `the report is truncated: ${reason}` : reason, offset);
}
