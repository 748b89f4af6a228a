import { createEmulator, type Emulator } from "emulate";
import { afterAll, beforeAll, expect, test } from "vitest";
import { asking, commentScenario, gitScenario } from "./scenarios.ts";
import { type FakeGitHub, startFakeGitHub } from "./server.ts";

/** An emulator that others wrote: where it and the fake agree, they have not made the same mistake together. */
let emulator: Emulator;
let fake: FakeGitHub;

beforeAll(async () => {
  fake = await startFakeGitHub();
  emulator = await createEmulator({
    service: "github",
    port: 0,
    seed: {
      tokens: { witness: { login: "octocat", scopes: ["repo"] } },
      github: { users: [{ login: "octocat" }], repos: [{ owner: "octocat", name: "app", auto_init: true }] },
    },
  });
  const repository = fake.state.addRepository("octocat/app");
  repository.git.commitFiles("main", { "README.md": "# app\n" });
  fake.state.addPullRequest(repository, { number: 1 });
  fake.state.addUserToken("witness", "octocat", repository, { contents: "write", issues: "write", metadata: "read" });
  // In the emulator an issue takes the comments.
  await asking(emulator.url, "witness")("POST", "/repos/octocat/app/issues", { title: "A change" });
});
afterAll(async () => {
  await Promise.all([fake.close(), emulator.close()]);
});

test("comments: the fake and the emulator agree", async () => {
  const ours = await commentScenario(asking(fake.url, "witness"), "octocat/app", 1);
  expect(ours).toEqual(await commentScenario(asking(emulator.url, "witness"), "octocat/app", 1));
  fake.verify();
});

test("git data: the fake and the emulator agree, down to the hashes of git's objects", async () => {
  const ours = await gitScenario(asking(fake.url, "witness"), "octocat/app");
  expect(ours).toEqual(await gitScenario(asking(emulator.url, "witness"), "octocat/app"));
  fake.verify();
});
