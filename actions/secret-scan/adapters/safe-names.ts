import type { ScanPlan, ScanResult } from "../src/model.ts";
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
    // A name may hold the very secret that is in the file, whatever rule found it there.
    occurrences: result.occurrences.map((occurrence) => {
      const { secret } = occurrence.detection;
      const without = (text: string): string => safe(secret.length >= 6 ? text.replaceAll(secret, redacted(secret)) : text);
      const { author } = occurrence;
      return { ...occurrence, path: without(occurrence.path), ...(author === undefined ? {} : { author: without(author) }) };
    }),
    skipped: result.skipped.map((skip) => ({ ...skip, name: safe(skip.name) })),
  };
}
