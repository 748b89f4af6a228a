import type { Told } from "./told.ts";

/** The `json` file in pieces: every finding, sorted so that two runs can be compared line by line, and usable as `baseline`. */
export function* jsonPieces(told: Told): Generator<string> {
  yield `{\n"schema": "forge-secrets/1",\n"counts": ${JSON.stringify(told.counts)},\n"findings": [`;
  let before = "\n";
  for (const row of sortedRows(told)) {
    yield before + JSON.stringify(told.at(row));
    before = ",\n";
  }
  yield "\n]}\n";
}

/** By path, line, column, rule and commit; each of these as numbers that sort as the texts do. */
function sortedRows(told: Told): Uint32Array {
  const { length } = told;
  const [lines, columns] = [new Uint32Array(length), new Uint32Array(length)];
  const texts = [new Texts(length), new Texts(length), new Texts(length)] as const;
  for (let row = 0; row < length; row++) {
    const finding = told.at(row);
    if (finding === undefined) continue;
    lines[row] = finding.line;
    columns[row] = finding.column;
    for (const [index, text] of [finding.path, finding.rule, String(finding["commit"] ?? "")].entries()) texts[index]?.set(row, text);
  }
  const [paths, rules, commits] = texts.map((each) => each.ranks()) as [Uint32Array, Uint32Array, Uint32Array];
  const keys = [paths, lines, columns, rules, commits];
  return Uint32Array.from({ length }, (_, row) => row).sort((a, b) => {
    for (const key of keys) {
      const difference = (key[a] as number) - (key[b] as number);
      if (difference !== 0) return difference;
    }
    return a - b;
  });
}

/** One text for each row, of which many are the same. */
class Texts {
  readonly #numbers = new Map<string, number>();
  readonly #rows: Uint32Array;

  constructor(length: number) {
    this.#rows = new Uint32Array(length);
  }

  set(row: number, text: string): void {
    const number = this.#numbers.get(text) ?? this.#numbers.size;
    this.#numbers.set(text, number);
    this.#rows[row] = number;
  }

  ranks(): Uint32Array {
    const ranks = new Uint32Array(this.#numbers.size);
    const ordered = [...this.#numbers].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [rank, [, number]] of ordered.entries()) ranks[number] = rank;
    return this.#rows.map((number) => ranks[number] as number);
  }
}
