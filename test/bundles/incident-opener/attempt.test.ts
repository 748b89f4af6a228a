import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import { type BundleRun, cleanUp } from "../harness.ts";
import { minutes, world } from "./github.ts";

let fake: FakeGitHub;
beforeAll(async () => {
  fake = await startFakeGitHub();
});
afterEach(() => fake.verify());
afterAll(async () => {
  await fake.close();
  cleanUp();
});

const attempt = { operation: "attempt", verdict: "fail", check: "self-heal" };
const answers = (runs: readonly BundleRun[]): string[] => runs.map(({ outputs }) => `${outputs["verdict"]} ${outputs["attempt"]}`).sort();

it("of runs that ask at once one is granted an attempt, with no right but to write contents", async () => {
  const here = world(fake, { contents: "write" });
  const runs = await Promise.all(Array.from({ length: 5 }, () => here.run({ ...attempt, backend: "branch" })));
  expect(answers(runs)).toEqual([...Array<string>(4).fill("neutral cooldown"), "pass granted"]);
  expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0]);
  expect(here.incidents()).toEqual([]);
});

it("another attempt of the same run, and another run, find what was claimed before: three in a day", async () => {
  const here = world(fake, { issues: "write" });
  const inputs = { ...attempt, backend: "issue", "attempt-cooldown": "1m" };
  const found: string[] = [];
  for (const GITHUB_RUN_ATTEMPT of ["1", "2", "3", "4"]) {
    found.push(...answers([await here.run(inputs, { env: { GITHUB_RUN_ATTEMPT } })]));
    here.pass(minutes(2));
  }
  expect(found).toEqual(["pass granted", "pass granted", "pass granted", "neutral exhausted"]);
});
