import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Event, EventKind, Policy } from "../../../actions/incident-opener/src/course.ts";
import { flappingPercent } from "../../../actions/incident-opener/src/flapping.ts";
import { follow } from "../../../actions/incident-opener/src/lifecycle.ts";
import { type About, compacted, newRecord, withEvents } from "../../../actions/incident-opener/src/record.ts";

const minute = 60_000;
const usual: Policy = { for: 0, resolveAfter: 10 * minute, reopenWithin: 24 * 60 * minute, cooldown: 30 * minute };
const kinds: Readonly<Record<string, EventKind>> = { f: "fail", p: "pass", a: "acknowledge", o: "open", r: "resolve" };

/** `ffp`: one event a letter, five minutes apart unless told; a dot is a time in which nothing comes. */
function events(letters: string, gap = 5 * minute): Event[] {
  return [...letters].flatMap((letter, index) => {
    const kind = kinds[letter];
    return kind === undefined ? [] : [{ id: `e${index}`, at: index * gap, kind, severity: "high" as const }];
  });
}

const course = (letters: string, policy: Partial<Policy> = {}, gap?: number) => {
  const all = events(letters, gap);
  return follow(all, { ...usual, ...policy }, all.at(-1)?.at ?? 0);
};

describe("states", () => {
  it.each<[letters: string, policy: Partial<Policy>, state: string]>([
    ["", {}, "quiet"],
    ["p", {}, "quiet"],
    ["f", {}, "open"],
    ["f", { for: minute }, "pending"],
    ["fp", { for: minute }, "quiet"],
    ["ff", { for: 5 * minute }, "open"],
    ["ff", { for: 5 * minute + 1 }, "pending"],
    ["o", { for: 60 * minute }, "open"],
    ["fa", {}, "acknowledged"],
    ["fp", {}, "mitigated"],
    ["fpp", {}, "mitigated"],
    ["fppp", {}, "resolved"],
    ["fpfppp", {}, "resolved"],
    ["fppfpp", {}, "mitigated"],
    ["fap", {}, "mitigated"],
    ["fapf", {}, "acknowledged"],
    ["fp", { resolveAfter: 0 }, "resolved"],
    ["fr", {}, "resolved"],
    ["fpppf", {}, "open"],
    ["fpfpf", {}, "flapping"],
  ])("%s %o: %s", (letters, policy, state) => {
    expect(course(letters, policy).state).toBe(state);
  });

  it("three quick passes are not ten minutes, and ten minutes are not three passes", () => {
    expect(course("fpppppp", {}, minute).state).toBe("mitigated");
    expect(course("fp...p", {}).state).toBe("mitigated");
    expect(course("fp...pp", {}).state).toBe("resolved");
  });

  it("after `reopen-within` it is closed, and a failure is another incident", () => {
    const policy = { ...usual, resolveAfter: 0, reopenWithin: 60 * minute };
    const all: Event[] = [
      { id: "1", at: 0, kind: "fail" },
      { id: "2", at: minute, kind: "pass" },
    ];
    expect(follow(all, policy, 61 * minute).state).toBe("resolved");
    expect(follow(all, policy, 61 * minute + 1).state).toBe("closed");
    const again = follow([...all, { id: "3", at: 62 * minute, kind: "fail" }], policy, 62 * minute);
    expect(again.occurrences.map(({ phase, since }) => [phase, since])).toEqual([
      ["closed", 0],
      ["open", 62 * minute],
    ]);
    const soon = follow([...all, { id: "3", at: 61 * minute, kind: "fail" }], policy, 61 * minute);
    expect(soon.occurrences).toHaveLength(1);
    expect(soon.occurrences[0]).toMatchObject({ phase: "open", since: 0, reopened: 1 });
  });

  it("recovery is measured from the first failure to the first pass of the streak that held", () => {
    const { occurrences } = course("ffpfppp");
    expect(occurrences[0]).toMatchObject({ since: 0, openedAt: 0, recoveredAt: 20 * minute, resolvedAt: 30 * minute });
  });
});

describe("events are a set", () => {
  const event = fc.record({
    id: fc.integer({ min: 0, max: 60 }).map((id) => `e${id}`),
    at: fc.integer({ min: 0, max: 200 }).map((at) => at * minute),
    kind: fc.constantFrom<EventKind>("fail", "pass", "fail", "pass", "acknowledge", "open", "resolve", "closed", "reopened", "update"),
    severity: fc.constantFrom("critical", "high", "medium", "low"),
    target: fc.constantFrom("", "a", "b"),
  });

  it("any order, with duplicates, through the record or not, ends in the same state (1,000 runs)", () => {
    const sets = fc.uniqueArray(event, { selector: ({ id }) => id, maxLength: 40 });
    const shuffled = sets.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2, maxLength: all.length * 2 })),
    );
    fc.assert(
      fc.property(shuffled, fc.constantFrom(0, minute), fc.constantFrom(0, 10 * minute), ([all, mixed], wait, resolveAfter) => {
        const policy = { ...usual, for: wait, resolveAfter };
        const truth = follow(all, policy, 300 * minute);
        expect(follow(mixed, policy, 300 * minute)).toEqual(truth);
        const record = mixed.reduce((sum, one) => withEvents(sum, [one]), newRecord("0".repeat(12), about, policy));
        expect(follow(record.events, policy, 300 * minute)).toEqual(truth);
      }),
      { numRuns: 1_000, seed: 8 },
    );
  });

  it("forgetting the middle of streaks does not change where it stands", () => {
    const letters = `f${"f".repeat(120)}${"p".repeat(2)}${"f".repeat(80)}${"p".repeat(10)}`;
    const record = withEvents(newRecord("0".repeat(12), about, usual), events(letters, minute));
    const now = letters.length * minute;
    const small = compacted(record, now);
    expect(small.events.length).toBeLessThan(60);
    expect(follow(small.events, usual, now)).toEqual(follow(record.events, usual, now));
  });

  it("incidents that are over are kept as a line each", () => {
    const policy = { ...usual, resolveAfter: 0, reopenWithin: minute };
    const all = events(`f${"p".repeat(20)}`.repeat(12));
    const issues = Array.from({ length: 12 }, (_, index) => ({ number: index + 1, url: "" }));
    const small = compacted({ ...withEvents(newRecord("0".repeat(12), about, policy), all), issues }, 252 * 5 * minute);
    expect(small.events.length).toBeLessThanOrEqual(21);
    expect(small.past.map(({ issue }) => issue?.number)).toEqual(issues.slice(0, 11).map(({ number }) => number));
    expect(small.issues).toEqual([{ number: 12, url: "" }]);
  });

  it("an incident that flaps for days stays small, and keeps its beginning", () => {
    let record = newRecord("0".repeat(12), about, usual);
    const all = events("fp".repeat(2_000), minute);
    for (const event of all) record = compacted(withEvents(record, [event]), event.at);
    expect(record.events.length).toBeLessThanOrEqual(401);
    const { state, occurrences } = follow(record.events, usual, 4_000 * minute);
    expect([state, occurrences[0]?.since]).toEqual(["flapping", 0]);
  });
});

describe("flapping", () => {
  it("weighs changes as their age, and needs a fifth of them", () => {
    expect(flappingPercent([])).toBe(0);
    expect(flappingPercent([true])).toBe(0);
    expect(flappingPercent(Array.from({ length: 21 }, (_, index) => index % 2 === 0))).toBeCloseTo(100, 9);
    expect(flappingPercent([true, ...Array<boolean>(20).fill(false)])).toBeCloseTo(4, 9);
    expect(flappingPercent([...Array<boolean>(20).fill(false), true])).toBeCloseTo(6, 9);
    expect(flappingPercent([...Array<boolean>(500).fill(true), ...Array<boolean>(21).fill(false)])).toBe(0);
  });

  it.each([
    [0, 3],
    [10 * minute, 3],
    [0, 3],
  ])("thirty alternations with resolve-after %i: at most %i comments", (resolveAfter, most) => {
    const { state, occurrences } = course("fp".repeat(15), { resolveAfter }, minute);
    expect(state).toBe("flapping");
    expect(occurrences).toHaveLength(1);
    expect(occurrences[0]?.notes.length).toBeLessThanOrEqual(most);
    expect(occurrences[0]?.transitions.length).toBeLessThanOrEqual(9);
  });

  it("ends when it has been steady, and is resolved then", () => {
    expect(course(`${"fp".repeat(5)}${"p".repeat(18)}`, {}, minute).state).toBe("flapping");
    expect(course(`${"fp".repeat(5)}${"p".repeat(19)}`, {}, minute).state).toBe("resolved");
  });
});

const about: About = {
  title: "t",
  summary: "",
  severity: "high",
  service: "",
  check: "",
  environment: "",
  group: "",
  labels: [],
  assignees: [],
  runbook: "",
  deployment: "",
};
