/** The table in the README: what three other actions ask GitHub for, as their sources say, in the situations that ours is made for. */
import { getOctokit } from "@actions/github";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import { GitHubWorld } from "./github-world.ts";

let fake: FakeGitHub;
beforeAll(async () => {
  fake = await startFakeGitHub();
});
afterAll(() => fake.close());

const place = { owner: "octo", repo: "app" };
const title = "Checkout is failing in production";

type Opener = (world: GitHubWorld) => Promise<unknown>;
const octokit = () => getOctokit("ghs_job", { baseUrl: fake.url, log: { debug() {}, info() {}, warn() {}, error() {} } });

const peers: Readonly<Record<string, Opener>> = {
  "create-an-issue": async () => {
    const q = `is:issue repo:octo/app in:title "${title}" is:open`;
    const found = await octokit().request("GET /search/issues", { q });
    const same = found.data.items.find((issue) => issue.title === title);
    const route = same === undefined ? "POST /repos/{owner}/{repo}/issues" : `PATCH /repos/{owner}/{repo}/issues/${same.number}`;
    await octokit().request(route, { ...place, ...(same === undefined ? { title } : {}), body: "It fails." });
  },
  "dacbd/create-issue-action": () =>
    octokit().request("POST /repos/{owner}/{repo}/issues", { ...place, title, body: "It fails.", labels: ["incident"] }),
  "create-issue-from-file": () => octokit().request("POST /repos/{owner}/{repo}/issues", { ...place, title, body: "It fails." }),
  "incident-opener": (world) => world.run({ service: "checkout", check: "http", environment: "production", verdict: "fail" }),
};

const minute = 60_000;
const failed = (): undefined => undefined;

/** Each gives how many issues there are, and how many of them are open, when it is over. */
const situations: Readonly<Record<string, (world: GitHubWorld, open: Opener, ours: boolean) => Promise<void>>> = {
  "twenty runs at once": async (world, open) => {
    await Promise.all(Array.from({ length: 20 }, () => open(world).catch(failed)));
  },
  "502 although the issue was made, and the run repeated": async (world, open) => {
    fake.fault({ method: "POST", path: /\/issues$/ }, { kind: "status", status: 502, after: true });
    await open(world).catch(failed);
    await open(world);
  },
  "failing five times, every five minutes": async (world, open) => {
    for (let index = 0; index < 5; index++) {
      world.pass(5 * minute);
      await open(world);
    }
  },
  "failing and passing in turn, thirty times in thirty minutes": async (world, open, ours) => {
    for (let index = 0; index < 30; index++) {
      world.pass(minute);
      if (index % 2 === 0) await open(world);
      else if (ours) await world.run({ service: "checkout", check: "http", environment: "production", verdict: "pass" });
    }
  },
  "recovered: three passes in ten minutes": async (world, open, ours) => {
    await open(world);
    for (let index = 0; index < 3 && ours; index++) {
      world.pass(5 * minute);
      await world.run({ service: "checkout", check: "http", environment: "production", verdict: "pass" });
    }
  },
};

/** Issues in all, and issues that are open in the end, in the order of `peers`. */
const table: Readonly<Record<string, readonly (readonly [all: number, open: number])[]>> = {
  "twenty runs at once": [
    [20, 20],
    [20, 20],
    [20, 20],
    [1, 1],
  ],
  "502 although the issue was made, and the run repeated": [
    [2, 2],
    [2, 2],
    [2, 2],
    [1, 1],
  ],
  "failing five times, every five minutes": [
    [1, 1],
    [5, 5],
    [5, 5],
    [1, 1],
  ],
  "failing and passing in turn, thirty times in thirty minutes": [
    [1, 1],
    [15, 15],
    [15, 15],
    [1, 1],
  ],
  "recovered: three passes in ten minutes": [
    [1, 1],
    [1, 1],
    [1, 1],
    [1, 0],
  ],
};

describe.each(Object.entries(situations))("%s", (situation, play) => {
  it.each(Object.entries(peers).map(([name, open], index) => ({ name, open, counts: table[situation]?.[index] })))(
    "$name",
    async (peer) => {
      const world = new GitHubWorld(fake, { contents: "write", issues: "write" });
      fake.state.issueLag = { list: 1_000, search: minute };
      await play(world, peer.open, peer.name === "incident-opener");
      expect([world.incidents().length, world.open().length]).toEqual(peer.counts);
    },
  );
});
