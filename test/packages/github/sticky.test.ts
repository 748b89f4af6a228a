import { describe, expect, test } from "vitest";
import { backOff, failureOf, inWords, limitWait } from "../../../packages/github/failures.ts";
import { bodyOf, longestBody, marked, markerOf, ownOf, seenOf } from "../../../packages/github/sticky.ts";

describe("the marker", () => {
  test.each([
    ["coverage-gate", "<!-- forge:coverage-gate -->"],
    ["coverage-gate.web/app", "<!-- forge:coverage-gate.web/app -->"],
    ["a--><script>", "<!-- forge:a%2d-%3e%3cscript%3e -->"],
    ["a\nb", "<!-- forge:a%0ab -->"],
    ["ü", "<!-- forge:%c3%bc -->"],
  ])("of %j cannot end its own comment", (key, marker) => {
    expect(markerOf(key)).toBe(marker);
  });

  test("of one key does not begin another's", () => {
    expect(markerOf("coverage-gate.web").startsWith(markerOf("coverage-gate"))).toBe(false);
  });
});

describe("the body", () => {
  test("of exactly the limit stays whole", () => {
    const text = "x".repeat(longestBody - markerOf("k").length - 1);
    expect(bodyOf("k", text)).toBe(`${markerOf("k")}\n${text}`);
  });

  test("one character longer is cut within the limit", () => {
    const body = bodyOf("k", "x".repeat(longestBody - markerOf("k").length));
    expect(body.length).toBeLessThanOrEqual(longestBody);
    expect(body).toContain("The rest was cut off");
  });

  test("is not cut through a character", () => {
    for (const before of ["", "x"]) expect(bodyOf("k", before + "😀".repeat(40_000))).not.toMatch(/\p{Surrogate}/u);
  });
});

const comment = (id: number, login: string, body: string) => ({
  id,
  body,
  user: { login, type: login.endsWith("[bot]") ? "Bot" : "User" },
  html_url: `https://github.com/o/r/pull/1#issuecomment-${id}`,
  created_at: "2026-11-21T00:00:00Z",
});

describe("which comment survives", () => {
  const mark = markerOf("k");
  test("the oldest of our own", () => {
    const claims = marked([comment(9, "github-actions[bot]", `${mark}\nb`), comment(4, "github-actions[bot]", `${mark}\na`)], "k");
    expect(ownOf(claims, "github-actions[bot]").map(({ id }) => id)).toEqual([4, 9]);
  });

  test("never one by another author, whatever its id", () => {
    const claims = marked([comment(1, "mallory", mark), comment(2, "dependabot[bot]", mark), comment(3, "github-actions[bot]", mark)], "k");
    expect(claims).toHaveLength(3);
    expect(ownOf(claims, "github-actions[bot]").map(({ id }) => id)).toEqual([3]);
  });

  test("an account that only looks like a bot is none", () => {
    const impostor = { ...comment(1, "github-actions[bot]", mark), user: { login: "github-actions[bot]", type: "User" } };
    expect(ownOf(marked([impostor], "k"), "github-actions[bot]")).toEqual([]);
  });

  test.each([null, 7, "text", {}, { id: "1" }, { id: 1, user: null, body: mark }])("%j is no comment", (value) => {
    expect(seenOf(value)).toBeUndefined();
  });
});

describe("how long a limit wants us to wait", () => {
  const now = 1_000_000_000;
  test.each([
    [{ status: 403, headers: { "retry-after": "7" }, message: "" }, 7000],
    [{ status: 429, headers: { "retry-after": "1" }, message: "" }, 1000],
    [{ status: 429, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1000030" }, message: "" }, 31_000],
    [{ status: 403, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "999000" }, message: "" }, 1000],
    // The server's clock decides: here it is 10 s behind ours.
    [
      {
        status: 403,
        headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1000000", date: new Date(now - 10_000).toUTCString() },
        message: "",
      },
      11_000,
    ],
    [{ status: 403, headers: {}, message: "You have exceeded a secondary rate limit." }, 60_000],
    [{ status: 429, headers: {}, message: "" }, 60_000],
    [{ status: 403, headers: { "x-ratelimit-remaining": "55" }, message: "Resource not accessible by integration" }, undefined],
    [{ status: 500, headers: { "retry-after": "7" }, message: "" }, undefined],
    [{ status: 403, headers: { "retry-after": "soon" }, message: "no" }, undefined],
  ])("%j: %s ms", (failed, wait) => {
    expect(limitWait(failed, now)).toBe(wait);
  });
});

test("the pause before the next try grows and is spread", () => {
  expect([backOff(1, 0), backOff(1, 1), backOff(2, 0.5)]).toEqual([750, 1250, 3000]);
});

test.each([
  [0, "fetch failed", "down", true, "GitHub did not answer (fetch failed)"],
  [502, "", "down", true, "GitHub answered 502"],
  [401, "Bad credentials", "token", false, "the token is not valid (401)"],
  [403, "No", "rights", false, "the token may not do that (403: No)"],
  [404, "Not Found", "missing", false, "it does not exist, or the token may not see it (404)"],
  [422, "Validation Failed\nmore", "invalid", false, "GitHub refused it (422: Validation Failed)"],
])("a failure with status %i", (status, message, kind, maybeDone, words) => {
  const failure = failureOf({ status, headers: {}, message });
  expect(failure).toMatchObject({ kind, maybeDone });
  expect(inWords(failure)).toBe(words);
});
