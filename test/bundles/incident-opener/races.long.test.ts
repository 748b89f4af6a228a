import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import { cleanUp, temporaryFolder } from "../harness.ts";
import { rights, world } from "./github.ts";

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
});
