import type { KnownFindings } from "./baseline.ts";
import { findingOf, fingerprintOf, type SecretFinding, standingOf } from "./findings.ts";
import { GrowingNumbers } from "./growing.ts";
import type { IgnoreBook } from "./ignore.ts";
import { levels, type Occurrence, type Occurrences, type Rule } from "./model.ts";

export interface Counts {
  findings: number;
  new: number;
  baseline: number;
  suppressed: number;
}

/** How grave: the new ones first, and among them the worst. */
const ranks = levels.length * 2;

/** What to judge occurrences by. */
export interface Judges {
  readonly rules: readonly Rule[];
  readonly book: IgnoreBook;
  readonly known: KnownFindings;
  /** The configuration accepts it. */
  readonly allowed: (occurrence: Occurrence) => boolean;
}

/**
 * What is to be told of a scan, each finding made when it is asked for: what stays in memory is the numbers of the occurrences that are told and how
 * grave they are.
 */
export class Told {
  readonly counts: Counts = { findings: 0, new: 0, baseline: 0, suppressed: 0 };
  /** Of new findings. */
  readonly newRules = new Set<string>();
  readonly #occurrences: Occurrences;
  readonly #byPath: readonly Occurrence[];
  readonly #judges: Judges;
  /** Numbers of occurrences, and of each its rank. */
  readonly #told: GrowingNumbers;
  readonly #ranks = new GrowingNumbers();

  constructor(occurrences: Occurrences, byPath: readonly Occurrence[], judges: Judges) {
    this.#occurrences = occurrences;
    this.#byPath = byPath;
    this.#judges = judges;
    this.#told = this.#onePerSecret(this.#accepted());
    for (let row = 0; row < this.#told.length; row++) this.#ranks.push(this.#count(row));
  }

  get length(): number {
    return this.#told.length;
  }

  at(row: number): SecretFinding | undefined {
    const occurrence = this.#occurrence(this.#told.at(row));
    const rule = this.#judges.rules[occurrence?.detection.rule ?? -1];
    if (occurrence === undefined || rule === undefined) return undefined;
    const fingerprint = fingerprintOf(rule.id, occurrence);
    return findingOf(occurrence, rule, fingerprint, standingOf(occurrence, rule.id, fingerprint, this.#judges.book, this.#judges.known));
  }

  /** The first `most` rows, the new ones before the others, and with `byLevel` the worst before the less bad. */
  *gravest(most: number, byLevel: boolean): Generator<number> {
    let given = 0;
    const step = byLevel ? 1 : levels.length;
    for (let rank = 0; rank < ranks; rank += step)
      for (let row = 0; row < this.length; row++) {
        const own = this.#ranks.at(row);
        if (own < rank || own >= rank + step) continue;
        if (given++ === most) return;
        yield row;
      }
  }

  #occurrence(index: number): Occurrence | undefined {
    const { length } = this.#occurrences;
    return index < length ? this.#occurrences.at(index) : this.#byPath[index - length];
  }

  #count(row: number): number {
    const { rules, book, known } = this.#judges;
    const occurrence = this.#occurrence(this.#told.at(row));
    const rule = rules[occurrence?.detection.rule ?? -1];
    if (occurrence === undefined || rule === undefined) return ranks;
    const { kind } = standingOf(occurrence, rule.id, fingerprintOf(rule.id, occurrence), book, known);
    if (kind === "new" || kind === "baseline") {
      this.counts.findings++;
      this.counts[kind]++;
    } else this.counts.suppressed++;
    if (kind === "new") this.newRules.add(rule.id);
    return (kind === "new" ? 0 : levels.length) + levels.length - 1 - levels.indexOf(rule.level);
  }

  /** What the configuration does not accept. */
  *#accepted(): Generator<readonly [index: number, occurrence: Occurrence]> {
    const { allowed, rules } = this.#judges;
    const yields = rules.map(({ id, limits }) => limits !== undefined && /generic/i.test(id));
    const specific = yields.includes(true) ? this.#specificSecrets() : undefined;
    for (let index = 0; index < this.#occurrences.length + this.#byPath.length; index++) {
      const occurrence = this.#occurrence(index);
      if (occurrence === undefined || rules[occurrence.detection.rule] === undefined || allowed(occurrence)) continue;
      const { rule, secret } = occurrence.detection;
      if (yields[rule] === true && specific?.get(lineOf(occurrence))?.some((other) => other.includes(secret)) === true) continue;
      yield [index, occurrence];
    }
  }

  /** A configured rule whose name says "generic" gives way to another that tells the same secret on the same line, as in gitleaks. */
  #specificSecrets(): ReadonlyMap<string, readonly string[]> {
    const { allowed, rules } = this.#judges;
    const specific = new Map<string, string[]>();
    for (let index = 0; index < this.#occurrences.length + this.#byPath.length; index++) {
      const occurrence = this.#occurrence(index) as Occurrence;
      const { rule, secret } = occurrence.detection;
      if (/generic/i.test(rules[rule]?.id ?? "") || allowed(occurrence)) continue;
      const line = lineOf(occurrence);
      const secrets = specific.get(line) ?? [];
      specific.set(line, secrets);
      secrets.push(secret);
    }
    return specific;
  }

  /** One for each rule, secret, path and commit: the first that no comment accepts, else the first. A table of hashes, because a map would hold every key. */
  #onePerSecret(accepted: Iterable<readonly [index: number, occurrence: Occurrence]>): GrowingNumbers {
    const kept = new GrowingNumbers();
    const size = 2 ** Math.ceil(Math.log2(2 * (this.#occurrences.length + this.#byPath.length) + 2));
    const table = new Int32Array(size);
    for (const [index, occurrence] of accepted) {
      const key = keyOf(occurrence);
      let slot = hashOf(key) % size;
      let known: Occurrence | undefined;
      for (; table[slot] !== 0; slot = (slot + 1) % size) {
        known = this.#occurrence(kept.at((table[slot] as number) - 1));
        if (known !== undefined && keyOf(known) === key) break;
        known = undefined;
      }
      if (known === undefined) {
        kept.push(index);
        table[slot] = kept.length;
      } else if (known.detection.inline && !occurrence.detection.inline) kept.set((table[slot] as number) - 1, index);
    }
    return kept;
  }
}

function lineOf({ commit = "", path, detection }: Occurrence): string {
  return `${commit} ${detection.line} ${path}`;
}

function keyOf({ path, commit = "", hash, detection }: Occurrence): string {
  return `${detection.rule}\0${commit}\0${hash}\0${path}`;
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
