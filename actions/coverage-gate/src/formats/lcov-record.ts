import type { Draft } from "./draft.ts";
import { ReportFault } from "./fault.ts";

/** One `SF` … `end_of_record` while it is being read, and what is needed to tell whether the last one of a file was cut off. */
export class LcovRecord {
  open = false;
  /** `DA` rows so far, and how many of them ran. */
  rows = 0;
  hits = 0;
  /** The kind of the record's newest line. */
  lastKind = 0;
  readonly #draft: Draft;
  #path = "";
  #summaries = { LF: -1, LH: -1, BRF: -1, other: -1 };
  /** How earlier records of the file ended; 0 while none was closed. */
  #closingKind = 0;
  #anyClosed: boolean;
  #anySummary = false;
  #anyRecord = false;
  #branches = new BranchRows();
  #functions = new FunctionRows();

  constructor(draft: Draft, continued: boolean) {
    this.#draft = draft;
    this.#anyClosed = continued;
    this.#anyRecord = continued;
  }

  begin(path: string, offset: number): void {
    if (this.open) {
      if (this.#anyClosed && !this.#whole()) {
        throw new ReportFault("the report is truncated: the record before this one stops among its rows", offset);
      }
      this.#flush();
    }
    this.open = true;
    this.#anyRecord = true;
    this.#path = path;
    this.rows = 0;
    this.hits = 0;
    this.lastKind = 0;
    this.#summaries = { LF: -1, LH: -1, BRF: -1, other: -1 };
  }

  close(offset: number): void {
    if (!this.open) {
      // Some writers close twice, or close a part that had no file.
      if (!this.#anyRecord) throw new ReportFault("`end_of_record` stands before any `SF:`", offset);
      return;
    }
    this.#anyClosed = true;
    this.#closingKind = this.lastKind;
    this.#flush();
  }

  /** The file is over. */
  end(offset: number, announced: boolean): void {
    if (!this.open) {
      if (announced && this.#anyRecord)
        throw new ReportFault("the report is truncated: it ends with the `TN:` of a record that is not there", offset);
      return;
    }
    const unmarked = !this.#anyClosed && !this.#anySummary && this.rows > 0;
    const sameEnd = !this.#anyClosed || this.#closingKind === 0 || this.#closingKind === this.lastKind;
    if (!unmarked && !(this.#whole() && sameEnd)) {
      throw new ReportFault("the report is truncated: its last record has no `end_of_record` and stops before its summary", offset);
    }
    this.#draft.note("no-final-end");
    this.#flush();
  }

  summary(kind: "LF" | "LH" | "BRF" | "other", value: number): void {
    this.#anySummary = true;
    this.#summaries[kind] = value;
  }

  branch(line: number, block: number, branch: number, taken: number): void {
    this.#branches.add(line, block, branch, taken);
  }

  functionLine(line: number, name: number, text: string): void {
    this.#functions.define(line, name, text);
  }

  functionCount(name: number, count: number): void {
    this.#functions.count(name, count);
  }

  group(index: string, line: number): void {
    this.#functions.group(index, line);
  }

  alias(index: string, name: number, text: string, count: number): void {
    if (!this.#functions.alias(index, name, text, count)) this.#draft.note("orphan-function");
  }

  /** Whether the record's own summary says that all its rows are here. */
  #whole(): boolean {
    const { LF, LH, BRF } = this.#summaries;
    return LF === this.rows && LH === this.hits && (this.#branches.length === 0 || BRF === this.#branches.length);
  }

  #flush(): void {
    this.open = false;
    this.#branches.into(this.#draft);
    this.#functions.into(this.#draft);
    this.#draft.add({ path: this.#path });
  }
}

/**
 * Branches are told apart by the rank of their block on its line, not by the block's number: V8 and istanbul number blocks through the whole file,
 * so that the same branch has another number in another shard.
 */
class BranchRows {
  length = 0;
  #line = new Uint32Array(64);
  #block = new Float64Array(64);
  #branch = new Float64Array(64);
  #taken = new Float64Array(64);
  #ascending = true;

  add(line: number, block: number, branch: number, taken: number): void {
    const at = this.length;
    if (at === this.#line.length) this.#grow(at * 2);
    if (at > 0 && this.#ascending) this.#ascending = this.#order(at - 1, line, block, branch) < 0;
    this.#line[at] = line;
    this.#block[at] = block;
    this.#branch[at] = branch;
    this.#taken[at] = taken;
    this.length = at + 1;
  }

  into(draft: Draft): void {
    const { branches } = draft.tables;
    const order = this.#ascending ? undefined : this.#sorted();
    let [line, block, rank] = [0, -1, 0];
    for (let i = 0; i < this.length; i++) {
      const at = order === undefined ? i : (order[i] ?? 0);
      const [nextLine, nextBlock] = [this.#line[at] ?? 0, this.#block[at] ?? 0];
      if (nextLine !== line) rank = 0;
      else if (nextBlock !== block) rank++;
      line = nextLine;
      block = nextBlock;
      branches.add(line, branchKey(rank, this.#branch[at] ?? 0), this.#taken[at] ?? 0);
    }
    this.length = 0;
    this.#ascending = true;
  }

  #sorted(): Uint32Array {
    return Uint32Array.from({ length: this.length }, (_, i) => i).sort((a, b) =>
      this.#order(a, this.#line[b] ?? 0, this.#block[b] ?? 0, this.#branch[b] ?? 0),
    );
  }

  #order(at: number, line: number, block: number, branch: number): number {
    return (this.#line[at] ?? 0) - line || (this.#block[at] ?? 0) - block || (this.#branch[at] ?? 0) - branch;
  }

  #grow(size: number): void {
    const wider = (from: Float64Array) => {
      const to = new Float64Array(size);
      to.set(from);
      return to;
    };
    const line = new Uint32Array(size);
    line.set(this.#line);
    this.#line = line;
    this.#block = wider(this.#block);
    this.#branch = wider(this.#branch);
    this.#taken = wider(this.#taken);
  }
}

/** Nearly all are one byte; the others lie beyond 2^33, so that no two are the same. */
function branchKey(rank: number, branch: number): number {
  return rank < 16 && branch < 16 ? rank * 16 + branch : ((rank % 2 ** 18) + 1) * 2 ** 33 + branch;
}

/** `FN` with `FNDA` (1.x), and `FNL` with `FNA` (2.x: one function a place, however many names it goes by). */
class FunctionRows {
  readonly #lines: number[] = [];
  readonly #names: number[] = [];
  readonly #texts: string[] = [];
  readonly #counts: number[] = [];
  readonly #countNames: number[] = [];
  readonly #groups = new Map<string, { line: number; name: number; text: string; count: number }>();

  define(line: number, name: number, text: string): void {
    this.#lines.push(line);
    this.#names.push(name);
    this.#texts.push(text);
  }

  count(name: number, count: number): void {
    this.#countNames.push(name);
    this.#counts.push(count);
  }

  group(index: string, line: number): void {
    this.#groups.set(index, { line, name: Number.POSITIVE_INFINITY, text: "", count: 0 });
  }

  alias(index: string, name: number, text: string, count: number): boolean {
    const group = this.#groups.get(index);
    if (group === undefined) return false;
    group.count += count;
    if (name < group.name) {
      group.name = name;
      group.text = text;
    }
    return true;
  }

  into(draft: Draft): void {
    if (this.#lines.length > 0 || this.#counts.length > 0) this.#named(draft);
    for (const { line, name, text, count } of this.#groups.values()) {
      const key = Number.isFinite(name) ? name : 0;
      if (draft.counts) draft.tables.functions.addNamed(line, key, count, text);
      else draft.tables.functions.add(line, key, count);
    }
    this.#groups.clear();
  }

  #named(draft: Draft): void {
    const total = new Float64Array(this.#lines.length);
    let next = 0;
    let places: Map<number, number> | undefined;
    for (let i = 0; i < this.#counts.length; i++) {
      const name = this.#countNames[i] ?? 0;
      // Nearly every writer counts functions in the order in which it names them.
      if (this.#names[next] !== name) {
        places ??= new Map(this.#names.map((each, at) => [each, at]));
        const place = places.get(name);
        if (place === undefined) {
          draft.note("orphan-function");
          continue;
        }
        next = place;
      }
      total[next] = (total[next] ?? 0) + (this.#counts[i] ?? 0);
      next++;
    }
    for (let i = 0; i < total.length; i++) {
      const [line, name, count] = [this.#lines[i] ?? 0, this.#names[i] ?? 0, total[i] ?? 0];
      if (draft.counts) draft.tables.functions.addNamed(line, name, count, this.#texts[i] ?? "");
      else draft.tables.functions.add(line, name, count);
    }
    for (const list of [this.#lines, this.#names, this.#texts, this.#counts, this.#countNames]) list.length = 0;
  }
}
