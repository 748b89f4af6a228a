/** Clocks that are wrong. */
import { expect, it } from "vitest";
import { recentAutomatic } from "../../../actions/auto-rollback/src/target.ts";
import { type Attempt, type Book, emptyBook } from "../../../packages/releases/book.ts";
import { MemoryWorld } from "./memory-world.ts";

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

it.each([
  ["an hour ahead", 3_600_000, "refused", "too-old"],
  ["ten years ahead", 10 * 365 * day, "refused", "too-old"],
  ["five minutes ahead, as clocks differ", 300_000, "rolled-back", ""],
])("a mark that was made by a clock %s", async (_, ahead, decision, reason) => {
  const world = new MemoryWorld(2, "1.0.0");
  world.now += ahead;
  await world.run({ verdict: "pass", deployment: "1" });
  world.now -= ahead;
  world.deploy("1.1.0");
  expect(await world.run({ verdict: "fail", deployment: "2" })).toMatchObject({ decision, reason });
  expect(world.tags.get("p0")).toBe(decision === "refused" ? "1.1.0" : "1.0.0");
});
