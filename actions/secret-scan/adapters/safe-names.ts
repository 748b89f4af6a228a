import type { Occurrence, Occurrences, ScanPlan, ScanResult } from "../src/model.ts";
import { redacted } from "../src/redact.ts";
import { openContentScanner, setupOf } from "./machine.ts";

/** The result with secrets in the names of files and authors redacted: names are printed. */
export function withSafeNames(result: ScanResult, plan: ScanPlan): ScanResult {
  if (result.occurrences.length === 0 && result.skipped.length === 0) return result;
  const scanner = openContentScanner(setupOf(plan, ""));
  const known = new Map<string, string>();
  const safe = (name: string): string => {
    const done = known.get(name);
    if (done !== undefined) return done;
    const bytes = Buffer.from(name);
    const { detections } = scanner.scanPiece(bytes, bytes.length, "", { line: 1, column: 1 }, bytes.length, true);
    const text = detections.reduce((left, { secret }) => left.replaceAll(secret, redacted(secret)), name);
    known.set(name, text);
    return text;
  };
  return {
    ...result,
    occurrences: new SafeOccurrences(result.occurrences, safe),
    skipped: result.skipped.map((skip) => ({ ...skip, name: safe(skip.name) })),
  };
}

class SafeOccurrences implements Occurrences {
  readonly #inner: Occurrences;
  readonly #safe: (name: string) => string;

  constructor(inner: Occurrences, safe: (name: string) => string) {
    this.#inner = inner;
    this.#safe = safe;
  }

  get length(): number {
    return this.#inner.length;
  }

  at(index: number): Occurrence | undefined {
    const occurrence = this.#inner.at(index);
    return occurrence === undefined ? undefined : this.#safely(occurrence);
  }

  *[Symbol.iterator](): Generator<Occurrence> {
    for (const occurrence of this.#inner) yield this.#safely(occurrence);
  }

  /** A name may hold the very secret that is in the file, whatever rule found it there. */
  #safely(occurrence: Occurrence): Occurrence {
    const { secret } = occurrence.detection;
    const without = (text: string): string => this.#safe(secret.length >= 6 ? text.replaceAll(secret, redacted(secret)) : text);
    const { author } = occurrence;
    return { ...occurrence, path: without(occurrence.path), ...(author === undefined ? {} : { author: without(author) }) };
  }
}
