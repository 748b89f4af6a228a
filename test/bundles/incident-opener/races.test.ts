import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import { cleanUp, temporaryFolder } from "../harness.ts";
import { minutes, rights, world } from "./github.ts";

let fake: FakeGitHub;
beforeAll(async () => {
  fake = await startFakeGitHub();
});
afterAll(async () => {
  cleanUp();
  await fake.close();
});

const both = [
  ["branch", rights.branch],
  ["issue", rights.issue],
] as const;

describe.each(both)("%s", (_, permissions) => {
  it("six processes at once open one issue, though lists lag by three seconds", async () => {
    const here = world(fake, permissions);
    fake.state.time = undefined;
    fake.state.issueLag = { list: 3_000, search: 60_000 };
    const runs = await Promise.all(Array.from({ length: 6 }, () => here.run({ verdict: "fail" }, { workspace: temporaryFolder() })));
    expect(here.incidents(), runs.map(({ log }) => log).join("\n")).toHaveLength(1);
    const number = String(here.incidents()[0]?.number);
    expect(runs.map(({ exitCode, outputs }) => [exitCode, outputs["incident-number"]])).toEqual(runs.map(() => [0, number]));
    expect(runs.filter(({ outputs }) => outputs["opened"] === "true")).toHaveLength(1);
    expect(here.comments(Number(number))).toEqual([]);
    fake.verify();
  }, 60_000);

  it("a run that is killed at a request, before or after it is carried out, loses nothing and doubles nothing", async () => {
    const whole = world(fake, permissions);
    await whole.run({ verdict: "fail" });
    const boundaries = fake.requests.length;
    expect(boundaries).toBeGreaterThan(8);
    // Every seventh here; `test/actions/incident-opener/model.test.ts` does all of them, in memory.
    for (let at = 1; at < boundaries; at += 7) {
      const after = at % 2 === 1;
      const here = world(fake, permissions);
      fake.fault({ skip: at }, { kind: "stall", after });
      const killed = await here.run(
        { verdict: "fail" },
        {
          started: (child) => {
            const timer = setInterval(() => {
              if (fake.requests.length > at) child.kill("SIGKILL");
            }, 5);
            child.on("exit", () => clearInterval(timer));
          },
        },
      );
      expect(killed.signal, `boundary ${at}`).toBe("SIGKILL");
      here.pass(minutes(5));
      const next = await here.run({ verdict: "fail" });
      expect([next.exitCode, next.outputs["state"]], `boundary ${at} ${after ? "after" : "before"}\n${next.log}`).toEqual([0, "open"]);
      expect(here.incidents(), `boundary ${at}`).toHaveLength(1);
      expect(next.outputs["incident-number"]).toBe(String(here.incidents()[0]?.number));
      fake.verify();
    }
  }, 120_000);
});
