import { afterAll, beforeAll, expect, test } from "vitest";
import { openBranch } from "../../../packages/baseline/adapters/branch.ts";
import { openStore } from "../../../packages/baseline/store.ts";
import type { Pace } from "../../../packages/github/client.ts";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import { arrangeRepository, jobToken } from "../github/arrange.ts";
import { contextAt, newFolder, removeFolders } from "./arrange.ts";

let fake: FakeGitHub;
beforeAll(async () => {
  fake = await startFakeGitHub();
});
afterAll(async () => {
  await fake.close();
  await removeFolders();
});

/** One second of the real schedule is a twentieth of one here. */
const hurried = (): Partial<Pace> => ({
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds / 20)),
  random: Math.random,
  requestTimeout: 5000,
});

test("fifty that append, three answers in ten of them faults, lose nothing", async () => {
  const repository = arrangeRepository(fake);
  const folder = await newFolder();
  fake.state.rate.remaining = 100_000;
  fake.fault({ times: Number.POSITIVE_INFINITY, chance: 0.15 }, { kind: "status", status: 502, after: true });
  fake.fault({ times: Number.POSITIVE_INFINITY, chance: 0.15 }, { kind: "status", status: 500 });
  const names = Array.from({ length: 50 }, (_, index) => `2026-11/run-${index}`);
  const answers = await Promise.all(
    names.map(async (name, index) => {
      const context = await contextAt(7, { url: fake.url, token: jobToken, folder });
      return openStore(context, () => openBranch({ ...context, pace: hurried() }, "forge-data")).append?.(name, { index });
    }),
  );
  expect(answers.filter((answer) => answer === undefined || "skipped" in answer)).toEqual([]);
  const stored = repository.git.filesOf("forge-data");
  for (const name of names) expect(stored.has(`baseline/coverage-gate/runs/${name}.json`)).toBe(true);
  const month = JSON.parse(stored.get("baseline/coverage-gate/months/2026-11.json") ?? "").entries as { name: string }[];
  expect(month.map(({ name }) => name).sort()).toEqual(names.sort());
}, 60_000);
