import { describe, expect, it } from "vitest";
import { fateOf, placeOf } from "../../../actions/auto-rollback/src/requests.ts";
import { type Attempt, type AttemptState, type Book, emptyBook, type Mark } from "../../../packages/releases/book.ts";

const since = "2026-11-21T10:00:00.000Z";
const later = "2026-11-21T11:00:00.000Z";
const hash = (digit: string): string => digit.repeat(64);

function attempt(states: readonly AttemptState[], given: Partial<Attempt> = {}, from = "2", digit = "a"): Attempt {
  const plan = { provider: "command", environment: "production", service: "", from, to: "1", steps: [], hash: hash(digit) };
  const timeline = states.map((state, index) => ({ state, at: index === 0 ? since : later, run: "1/1", why: "because of `it`\n@all" }));
  const state = states.at(-1) ?? "planned";
  return { key: "7", deployment: "7", automatic: true, owner: "me", plan, state, timeline, why: "", verified: false, ...given };
}

const good = (release: string, at: string, deployment: string): Mark => ({ release, commit: "", at, run: "1/1", deployment, why: "" });
const book = (attempts: readonly Attempt[], marks: readonly Mark[] = []): Book => ({
  ...emptyBook("production", ""),
  attempts,
  good: marks,
});
const request = async (digit = "a", key = "7") => ({
  number: 1,
  hash: hash(digit),
  since,
  place: await placeOf({ environment: "production", service: "" }, key),
});

describe("what came of a request", () => {
  it.each([
    ["awaiting-approval", undefined],
    ["locked", undefined],
  ] as const)("nothing yet while it is %s", async (state, fate) => {
    expect(await fateOf(book([attempt(["planned", state])]), await request())).toBe(fate);
  });

  it.each(["executing", "verifying"] as const)("nothing yet while it is %s", async (state) => {
    const begun = attempt(["planned", "locked", "executing", ...(state === "verifying" ? [state] : [])]);
    expect(await fateOf(book([begun]), await request())).toBeUndefined();
  });

  it.each([
    ["pinned", "waits for"],
    ["committed", "committed"],
    ["reverted", "reverted by hand"],
    ["halted", "halted: `because of 'it' @all`"],
    ["proposed", "pull request"],
  ] as const)("completed once it is %s", async (state, words) => {
    const fate = await fateOf(book([attempt(["planned", "locked", "executing", state])]), await request());
    expect(fate).toEqual({ reason: "completed", words: expect.stringContaining(words) });
  });

  it("superseded: another plan for the same deployment, another rollback, another good deployment since", async () => {
    const standing = attempt(["planned", "awaiting-approval"]);
    const other = attempt(["planned", "executing", "pinned"], { key: "8", deployment: "8" }, "3", "b");
    const fates = [
      await fateOf(book([standing]), await request("c")),
      await fateOf(book([standing, other]), await request()),
      await fateOf(book([standing], [good("3", later, "8")]), await request()),
    ];
    expect(fates.map((fate) => fate?.reason)).toEqual(["not_planned", "not_planned", "not_planned"]);
  });

  it("not known: another ledger's, one of another deployment, one of another day", async () => {
    const standing = attempt(["planned", "executing", "pinned"]);
    expect(await fateOf(book([]), await request())).toBeUndefined();
    expect(await fateOf(book([standing]), await request("c", "9"))).toBeUndefined();
    expect(await fateOf(book([standing]), { ...(await request()), since: later, place: "" })).toBeUndefined();
  });

  it("still open: marks from before, of the same deployment, of the plan's own releases, or by hand", async () => {
    const marks = [
      good("3", "2026-11-21T09:00:00.000Z", "8"),
      good("3", later, "7"),
      good("1", later, "8"),
      good("2", later, "8"),
      good("3", later, ""),
    ];
    for (const mark of marks)
      expect(await fateOf(book([attempt(["planned", "awaiting-approval"])], [mark]), await request())).toBeUndefined();
  });
});
