import { expect, it } from "vitest";
import { recentAutomatic } from "../../../actions/auto-rollback/src/target.ts";
import { type Attempt, type Book, emptyBook } from "../../../packages/releases/book.ts";

const at = Date.UTC(2026, 10, 21, 12);
const attempt = { automatic: true, timeline: [{ state: "executing", at: new Date(at).toISOString() }] } as unknown as Attempt;
const book: Book = { ...emptyBook("production", ""), attempts: [attempt] };
const day = 86_400_000;

it.each([
  [at + day - 1, day, true],
  [at + day, day, false],
  // The clock of this run is behind the one of the run before.
  [at - 900, day, true],
  [at - 30 * day, day, true],
  [at - 900, 1, true],
  [at - 900, 0, false],
])("one automatic rollback at noon, seen at %i with a window of %i ms: %s", (now, window, counts) => {
  expect(recentAutomatic([book], now, window) !== undefined).toBe(counts);
});
