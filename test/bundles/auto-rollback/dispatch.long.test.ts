/** A run that dies anywhere around the start of a workflow: the next one starts it if it was not started, and never twice. */
import type { ChildProcess } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Operations, operationsOf } from "../../fake-github/routes/operations.ts";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import type { Repository } from "../../fake-github/state.ts";
import { cleanUp, temporaryFolder } from "../harness.ts";
import { play, told } from "./world.ts";

let fake: FakeGitHub;
beforeAll(async () => {
  fake = await startFakeGitHub();
});
afterAll(async () => {
  await fake.close();
  cleanUp();
});

const inputs = { provider: "deployment", settings: '{workflow: deploy.yml, inputs: {ref: "{to}"}}', backend: "file", token: "ghs_job" };
const failing = { ...inputs, verdict: "fail", deployment: "2" };

interface Here {
  readonly folder: string;
  readonly made: Repository;
  readonly operations: Operations;
  /** What was asked of GitHub since the bad release came. */
  asked(): FakeGitHub["requests"];
  run(started?: (child: ChildProcess) => void): ReturnType<typeof play>;
}

async function world(): Promise<Here> {
  fake.reset();
  const made = fake.state.addRepository("octo/app");
  fake.state.addActionsToken("ghs_job", made, { deployments: "write", actions: "write" });
  fake.state.rate.limit = 100_000;
  fake.state.rate.remaining = 100_000;
  const operations = operationsOf(made);
  const folder = temporaryFolder();
  const env = { GITHUB_API_URL: fake.url };
  for (const [index, ref] of ["v1", "v2"].entries()) {
    const sha = made.git.commitFiles("main", { "a.txt": ref });
    made.git.refs.set(`refs/tags/${ref}`, sha);
    operations.deployments.push({ id: index + 1, ref, sha, environment: "production", payload: {}, body: {}, states: ["success"] });
    if (ref === "v1") await play(folder, { ...inputs, verdict: "pass", deployment: "1" }, { env });
  }
  operations.outcome = "";
  const start = fake.requests.length;
  return {
    folder,
    made,
    operations,
    asked: () => fake.requests.slice(start),
    run: (started) => play(folder, failing, started === undefined ? { env } : { env, started }),
  };
}

/** Ends the run at its n-th request from now on, carried out or not; then its lease is over. */
async function killAt({ folder, run }: Here, skip: number, after: boolean): Promise<void> {
  const before = fake.requests.length;
  fake.fault({ skip }, { kind: "stall", after });
  let stop: ReturnType<typeof setInterval> | undefined;
  await run((child) => {
    stop = setInterval(() => {
      if (fake.requests.slice(before).some(({ fault }) => fault === "stall")) child.kill("SIGKILL");
    }, 5);
  });
  clearInterval(stop);
  rmSync(join(folder, ".forge", "locks"), { recursive: true });
}

/** As if GitHub's answers were from a minute ago. */
function age({ operations }: Here): void {
  const statuses = operations.deployments.flatMap(({ states }) => states);
  for (const status of statuses)
    if (typeof status !== "string") Object.assign(status, { createdAt: new Date(Date.now() - 60_000).toISOString() });
}

it("starts the workflow once, whatever request the run before died at", async () => {
  const first = await world();
  expect(told(await first.run())).toBe("0 pass rolled-back v2→v1");
  const asked = first.asked().map(({ method }) => method);
  const writes = asked.flatMap((method, index) => (method === "GET" ? [] : [index]));
  expect(
    first
      .asked()
      .filter(({ method }) => method !== "GET")
      .map(({ path }) => path.split("/").at(-1)),
  ).toEqual(["deployments", "statuses", "dispatches"]);
  const [create = 0] = writes;
  for (let index = create; index < asked.length; index++) {
    for (const after of asked[index] === "GET" ? [false] : [false, true]) {
      const here = await world();
      await killAt(here, index, after);
      // Where the start never arrived, the list stays empty, and the next run waits until it would show.
      if (here.operations.dispatches.length === 0) age(here);
      const again = await here.run();
      const what = `request ${index} (${asked[index] ?? ""}, ${after ? "carried out" : "lost"})`;
      expect([what, told(again), here.operations.dispatches.length], again.log).toEqual([what, "0 pass rolled-back v2→v1", 1]);
      expect(here.operations.deployments).toHaveLength(3);
      fake.verify();
    }
  }
});

it("waits for a start that GitHub does not list yet", async () => {
  const first = await world();
  await first.run();
  const dispatched = first.asked().findIndex(({ path }) => path.endsWith("/dispatches"));
  const here = await world();
  await killAt(here, dispatched, true);
  const { deployments, dispatches, started } = here.operations;
  const hidden = started.splice(0);
  const states = deployments.at(-1)?.states ?? [];
  expect([dispatches.length, hidden.length, states.pop()]).toEqual([1, 1, "success"]);
  const before = fake.requests.length;
  const again = here.run();
  await expect
    .poll(() => fake.requests.slice(before).filter(({ path }) => path.endsWith("/runs")).length, { timeout: 30_000 })
    .toBeGreaterThan(1);
  started.push(...hidden);
  states.push("success");
  expect(told(await again)).toBe("0 pass rolled-back v2→v1");
  expect(dispatches).toHaveLength(1);
  fake.verify();
});

it("knows what was deployed of a branch by its commit", async () => {
  const { made, operations, folder, run } = await world();
  operations.deployments.length = 0;
  const env = { GITHUB_API_URL: fake.url };
  const shas = ["one", "two"].map((text) => made.git.commitFiles("main", { "a.txt": text }));
  for (const [index, sha] of shas.entries()) {
    operations.deployments.push({ id: index + 1, ref: "main", sha, environment: "production", payload: {}, body: {}, states: ["success"] });
    if (index === 0) await play(folder, { ...inputs, verdict: "pass", deployment: "1" }, { env });
  }
  // What was marked while it was the newest commit of the branch is still that commit.
  const back = await run();
  expect(told(back), back.log).toBe(`0 pass rolled-back ${shas[1] ?? ""}→${shas[0] ?? ""}`);
  expect(operations.deployments.at(-1)?.body["ref"]).toBe(shas[0]);
});
