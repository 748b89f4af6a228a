/**
 * Pairs of runs for the same failing deployment, most of them with one that is killed at a random moment: one change in all, and never back to the bad
 * release. `FORGE_PAIRS=50 FORGE_SEED=7 npx vitest run --config vitest.long.config.ts races` takes about four minutes, most of it waiting for dead locks.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import { cleanUp, temporaryFolder } from "../harness.ts";
import { inFile, play, world } from "./world.ts";

const pairs = Number(process.env["FORGE_PAIRS"] ?? 6);
const seed = Number(process.env["FORGE_SEED"] ?? 1);
const atOnce = 6;

let fake: FakeGitHub;
beforeAll(async () => {
  fake = await startFakeGitHub();
  fake.state.rate.limit = 1_000_000;
  fake.state.rate.remaining = 1_000_000;
});
afterAll(async () => {
  await fake.close();
  cleanUp();
});

interface Course {
  run(inputs: Readonly<Record<string, string>>, kill?: number): ReturnType<typeof play>;
  deploy(release: string): void;
  /** Every release that a run has brought, in order. */
  changes(): readonly string[];
  current(): string;
}

/** A program with its ledger in a folder, or on the fake GitHub. */
function programCourse(index: number, backend: "file" | "branch"): Course {
  const here = world();
  const name = `octo/app${index}`;
  const made = fake.state.addRepository(name);
  made.git.commitFiles("main", { "README.md": "# App\n" });
  fake.state.addActionsToken(`ghs_${index}`, made, { contents: "write" });
  const env = { GITHUB_API_URL: fake.url, GITHUB_REPOSITORY: name };
  const fixed = { provider: "command", settings: inFile, backend, token: `ghs_${index}` };
  return { ...here, run: (inputs, kill) => play(here.folder, { ...fixed, ...inputs }, { env, ...killed(kill) }) };
}

/** A tag on a git server that remembers every move. */
function tagCourse(): Course {
  const folder = temporaryFolder();
  const [server, clone] = [join(folder, "server"), join(folder, "clone")];
  const git = (place: string, ...args: readonly string[]): string => {
    const who = [
      "user.name=Racer",
      "user.email=racer@example.com",
      "commit.gpgsign=false",
      "init.defaultBranch=main",
      "core.logAllRefUpdates=always",
    ];
    return execFileSync("git", [...who.flatMap((each) => ["-c", each]), "-C", place, ...args], { encoding: "utf8", stdio: "pipe" });
  };
  git(folder, "init", "--quiet", "--bare", "server");
  git(server, "config", "core.logAllRefUpdates", "always");
  git(folder, "init", "--quiet", "clone");
  git(clone, "remote", "add", "origin", server);
  const commits = new Map<string, string>();
  for (const release of ["1.0.0", "1.1.0"]) {
    writeFileSync(join(clone, "a.txt"), release);
    git(clone, "add", ".");
    git(clone, "commit", "--quiet", "--message", release);
    git(clone, "tag", `v${release}`);
    commits.set(git(clone, "rev-parse", "HEAD").trim(), release);
  }
  git(clone, "push", "--quiet", "--tags", "origin", "HEAD:refs/heads/main");
  let deployed = 0;
  const moves = (): readonly string[] =>
    git(server, "reflog", "show", "--format=%H", "refs/tags/v1")
      .trim()
      .split("\n")
      .reverse()
      .map((commit) => commits.get(commit) ?? commit);
  return {
    run: (inputs, kill) =>
      play(clone, { provider: "git-tag", settings: "{tag: v1, releases: v1.*}", backend: "file", ...inputs }, killed(kill)),
    deploy(release) {
      git(clone, "push", "--quiet", "--force", "origin", `v${release}^{commit}:refs/tags/v1`);
      deployed += 1;
    },
    changes: () => moves().slice(deployed),
    current: () => moves().at(-1) ?? "",
  };
}

function killed(after: number | undefined): Pick<NonNullable<Parameters<typeof play>[2]>, "started"> {
  return after === undefined ? {} : { started: (child) => void setTimeout(() => child.kill("SIGKILL"), after) };
}

/** The same numbers for the same seed; the moments of the kills are as random as the machine is. */
function dice(start: number): () => number {
  let state = start * 2_654_435_761 + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

async function race(index: number): Promise<void> {
  const random = dice(seed * 1_000 + index + 1);
  const course = index % 3 === 2 ? tagCourse() : programCourse(index, index % 3 === 0 ? "file" : "branch");
  course.deploy("1.0.0");
  const start = Date.now();
  await course.run({ verdict: "pass", deployment: "1" });
  const whole = Date.now() - start;
  course.deploy("1.1.0");
  const failing = { verdict: "fail", deployment: "2" };
  // A fourth of the pairs is left alone; a kill is anywhere in twice the time that a run takes.
  const kill = random() < 0.25 ? undefined : random() * 2 * whole;
  const [first, second] = await Promise.all([course.run(failing, kill), course.run(failing)]);
  const what = `pair ${index} of seed ${seed}, killed after ${kill ?? "no"} ms\n${first.log}\n${second.log}`;
  expect(course.changes(), what).toEqual([course.current()]);
  expect(["rolled-back", "already-rolled-back"], what).toContain(second.outputs["decision"]);
  expect(second.exitCode, what).toBe(0);
  const after = await course.run({ ...failing, deployment: "3" });
  expect(after.outputs["decision"], after.log).not.toBe("rolled-back");
  expect(course.changes(), what).toHaveLength(1);
}

it(`${pairs} pairs make one change each`, async () => {
  const left = Array.from({ length: pairs }, (_, index) => index);
  const worker = async (): Promise<void> => {
    for (let index = left.shift(); index !== undefined; index = left.shift()) await race(index);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}, 1_200_000);
