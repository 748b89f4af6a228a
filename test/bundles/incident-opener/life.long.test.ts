import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import { cleanUp } from "../harness.ts";
import { author, minutes, rights, told, world } from "./github.ts";

let fake: FakeGitHub;
beforeAll(async () => {
  fake = await startFakeGitHub();
});
afterAll(async () => {
  cleanUp();
  await fake.close();
});

describe.each([
  ["branch", rights.branch],
  ["issue", rights.issue],
] as const)("a life, with what %s needs", (backend, permissions) => {
  it("opens, stays, passes, resolves, closes, with exact times", async () => {
    const here = world(fake, permissions);
    const opened = await here.run({ verdict: "fail", title: "Checkout does not answer", severity: "critical" });
    expect(told(opened), opened.log).toEqual([0, "pass", "open", here.incidents()[0]?.number.toString()]);
    expect(opened.outputs).toMatchObject({ opened: "true", changed: "true", "time-to-detect": "0" });
    expect(opened.report?.data["backend"]).toBe(backend);
    const [issue] = here.incidents();
    expect(issue).toMatchObject({ title: "[critical] Checkout does not answer", author, open: true });
    expect(issue?.labels.sort()).toEqual([expect.stringMatching(/^fp:[0-9a-f]{12}$/), "severity:critical"]);

    here.pass(minutes(5));
    const before = fake.requests.length;
    const body = issue?.body;
    const again = await here.run({ verdict: "fail", title: "Checkout does not answer", severity: "critical" });
    expect(told(again)).toEqual([0, "pass", "open", String(issue?.number)]);
    expect(again.outputs).toMatchObject({ opened: "false", changed: "false" });
    expect(fake.requests.length - before).toBeLessThanOrEqual(12);
    expect(issue?.body).toBe(body);

    here.pass(minutes(30));
    const first = await here.run({ verdict: "pass" });
    expect(told(first)).toEqual([0, "pass", "mitigated", String(issue?.number)]);
    here.pass(minutes(5));
    expect((await here.run({ verdict: "pass" })).outputs["state"]).toBe("mitigated");
    here.pass(minutes(5));
    const last = await here.run({ verdict: "pass" });
    expect(told(last)).toEqual([0, "pass", "resolved", String(issue?.number)]);
    expect(last.outputs).toMatchObject({ changed: "true", "time-to-recover": String(35 * 60), "time-to-detect": "0" });
    expect(issue).toMatchObject({ open: false, reason: "completed" });
    expect(here.comments(issue?.number ?? 0)).toHaveLength(1);
    expect(here.comments(issue?.number ?? 0)[0]).toContain("35 min");
    expect(issue?.body).toContain('"timeToRecover":2100');

    here.pass(minutes(60 * 25));
    const over = await here.run({ verdict: "pass" });
    expect(over.outputs["state"]).toBe("closed");
    expect(here.incidents()).toHaveLength(1);
    fake.verify();
  });

  it("a failure within `reopen-within` reopens, a later one opens a new issue that knows the old one", async () => {
    const here = world(fake, permissions);
    const quick = { "resolve-after": "0s", cooldown: "0s" };
    await here.run({ verdict: "fail", ...quick });
    here.pass(minutes(5));
    expect((await here.run({ verdict: "pass", ...quick })).outputs["state"]).toBe("resolved");
    here.pass(minutes(60));
    const back = await here.run({ verdict: "fail", ...quick });
    expect([back.outputs["state"], back.outputs["opened"]]).toEqual(["open", "false"]);
    expect(here.open()).toHaveLength(1);
    expect(here.incidents()).toHaveLength(1);
    here.pass(minutes(5));
    await here.run({ verdict: "pass", ...quick });
    here.pass(minutes(60 * 25));
    const anew = await here.run({ verdict: "fail", ...quick });
    expect(anew.outputs["opened"], anew.log).toBe("true");
    const [old, young] = here.incidents();
    expect([old?.open, young?.open]).toEqual([false, true]);
    expect(young?.body).toContain("Previous occurrences");
    expect(young?.body).toContain(`/issues/${old?.number}`);
    fake.verify();
  });

  it("`for`: what ends sooner never becomes an issue", async () => {
    const here = world(fake, permissions);
    const patient = { for: "10m" };
    expect(told(await here.run({ verdict: "fail", ...patient }))).toEqual([0, "pass", "pending", ""]);
    here.pass(minutes(5));
    expect((await here.run({ verdict: "fail", ...patient })).outputs["state"]).toBe("pending");
    here.pass(minutes(2));
    expect(told(await here.run({ verdict: "pass", ...patient }))).toEqual([0, "pass", "", ""]);
    here.pass(minutes(2));
    expect((await here.run({ verdict: "fail", ...patient })).outputs["state"]).toBe("pending");
    expect(here.incidents()).toEqual([]);
    here.pass(minutes(10));
    const opened = await here.run({ verdict: "fail", ...patient });
    expect([opened.outputs["state"], opened.outputs["time-to-detect"]]).toEqual(["open", "600"]);
    fake.verify();
  });

  it("a higher severity escalates title, label and comment; a lower one does nothing", async () => {
    const here = world(fake, permissions);
    await here.run({ verdict: "fail", title: "Checkout is degraded", severity: "medium" });
    here.pass(minutes(5));
    const worse = await here.run({ verdict: "fail", title: "Checkout is down", severity: "critical" });
    expect(worse.outputs["changed"]).toBe("true");
    expect(worse.outputs["summary"]).toMatch(/^Incident \d+ escalated from medium to critical, still open: /);
    const [issue] = here.incidents();
    expect(issue?.title).toBe("[critical] Checkout is down");
    expect(issue?.labels).toContain("severity:critical");
    expect(issue?.labels).not.toContain("severity:medium");
    expect(here.comments(issue?.number ?? 0)).toEqual([expect.stringContaining("Escalated to critical")]);
    here.pass(minutes(5));
    const milder = await here.run({ verdict: "fail", title: "Checkout is degraded", severity: "medium" });
    expect(milder.outputs["changed"]).toBe("false");
    expect(issue?.title).toBe("[critical] Checkout is down");
    expect(here.comments(issue?.number ?? 0)).toHaveLength(1);
    fake.verify();
  });

  it.runIf(backend === "issue")(
    "thirty alternations are one issue, three comments at most, and `flapping`",
    async () => {
      const here = world(fake, permissions);
      const states: string[] = [];
      const switches: boolean[] = [];
      for (let index = 0; index < 14; index++) {
        const run = await here.run({ verdict: index % 2 === 0 ? "fail" : "pass", "resolve-after": "0s" });
        states.push(run.outputs["state"] ?? "");
        switches.push(here.incidents()[0]?.open ?? false);
        here.pass(minutes(1));
      }
      expect(here.incidents()).toHaveLength(1);
      expect(here.comments(here.incidents()[0]?.number ?? 0).length).toBeLessThanOrEqual(3);
      expect(states.at(-1)).toBe("flapping");
      expect(states.filter((state, index) => state !== states[index - 1]).length).toBeLessThanOrEqual(8);
      expect(switches.filter((open, index) => index > 0 && open !== switches[index - 1]).length).toBeLessThanOrEqual(8);
      expect(here.open()).toHaveLength(1);
      fake.verify();
    },
    60_000,
  );
});
