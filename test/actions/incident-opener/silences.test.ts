import { describe, expect, it } from "vitest";
import { readSilences, silencedBy } from "../../../actions/incident-opener/src/silences.ts";
import { parseYaml } from "../../../packages/frame/adapters/yaml.ts";

const subject = { service: "checkout", check: "http", environment: "production", severity: "high" };

function silent(yaml: string, at: string, about: Partial<typeof subject> = {}): boolean {
  return silencedBy(readSilences(parseYaml(yaml, { input: "silences" })), { ...subject, ...about }, Date.parse(at)) !== undefined;
}

const night = '- { name: n, from: "22:00", to: "05:30", timezone: Europe/Berlin }';

describe("every night in Berlin, winter and summer", () => {
  it.each([
    ["2026-11-20T20:59:59Z", false],
    ["2026-11-20T21:00:00Z", true],
    ["2026-11-21T04:29:59Z", true],
    ["2026-11-21T04:30:00Z", false],
    ["2026-07-20T19:59:59Z", false],
    ["2026-07-20T20:00:00Z", true],
    ["2026-07-21T03:29:00Z", true],
    ["2026-07-21T03:30:00Z", false],
  ])("%s: %s", (at, expected) => expect(silent(night, at)).toBe(expected));
});

describe("when the clocks change", () => {
  const early = '- { name: n, from: "02:15", to: "02:45", timezone: Europe/Berlin }';

  it("an hour that is skipped is never silent", () => {
    for (let minute = 0; minute < 240; minute++) {
      expect(silent(early, new Date(Date.UTC(2027, 2, 28, 0, minute)).toISOString())).toBe(false);
    }
  });

  it("an hour that comes twice is silent twice", () => {
    const times = Array.from({ length: 240 }, (_, minute) => new Date(Date.UTC(2026, 9, 24, 23, minute)).toISOString());
    expect(times.filter((at) => silent(early, at))).toHaveLength(60);
  });

  it.each([
    ["2027-03-27T20:59:00Z", false],
    ["2027-03-27T21:00:00Z", true],
    ["2027-03-28T03:59:00Z", true],
    ["2027-03-28T04:00:00Z", false],
  ])("a night of seven hours: %s is %s", (at, expected) => {
    expect(silent("- { name: move, from: 2027-03-27T22:00, to: 2027-03-28T06:00, timezone: Europe/Berlin }", at)).toBe(expected);
  });
});

describe("days are those on which it starts", () => {
  const friday = '- { name: n, days: [fri], from: "22:00", to: "05:00" }';
  it.each([
    ["2026-11-20T23:00:00Z", true],
    ["2026-11-21T04:59:00Z", true],
    ["2026-11-21T23:00:00Z", false],
    ["2026-11-20T04:00:00Z", false],
  ])("%s: %s", (at, expected) => expect(silent(friday, at)).toBe(expected));
});

describe("whom it concerns", () => {
  const matching = '- { name: n, match: { service: "check*", severity: low }, from: "00:00", to: "24:00" }';
  it("all that is named must fit", () => {
    expect(silent(matching, "2026-11-21T12:00:00Z", { severity: "low" })).toBe(true);
    expect(silent(matching, "2026-11-21T12:00:00Z", { severity: "high" })).toBe(false);
    expect(silent(matching, "2026-11-21T12:00:00Z", { severity: "low", service: "search" })).toBe(false);
  });
});

describe("half hours and the date line", () => {
  it.each([
    ["Asia/Kathmandu", "2026-11-20T18:15:00Z", true],
    ["Asia/Kathmandu", "2026-11-20T18:14:59Z", false],
    ["Australia/Lord_Howe", "2026-11-20T13:00:00Z", true],
    ["Pacific/Kiritimati", "2026-11-20T10:00:00Z", true],
  ])("midnight in %s is %s: %s", (timezone, at, expected) => {
    expect(silent(`- { name: n, days: [sat], from: "00:00", to: "00:30", timezone: ${timezone} }`, at)).toBe(expected);
  });
});
