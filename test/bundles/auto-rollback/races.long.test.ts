import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, expect, it } from "vitest";
import { cleanUp, temporaryFolder } from "../harness.ts";
import { git } from "../repository.ts";
import { play, told, world } from "./world.ts";

/** FORGE_RACES=50 npx vitest run --config vitest.long.config.ts races: the full number of pairs, doubles and kills; FORGE_SEED for others. */
const rounds = Number(process.env["FORGE_RACES"] ?? 4);
const random = seeded(Number(process.env["FORGE_SEED"] ?? 20_261_121));
const patient = { timeout: 60_000 + rounds * 40_000 };

afterAll(cleanUp);

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Shop {
  run(kill?: number): ReturnType<typeof play>;
  current(): string;
  /** Every change since the bad release came. */
  changes(): readonly string[];
  script(): void;
}

async function files(): Promise<Shop> {
  const here = world();
  here.deploy("1.0.0");
  await here.run({ verdict: "pass", deployment: "1" });
  here.deploy("1.1.0");
  return {
    run: (kill) => here.run({ verdict: "fail", deployment: "2" }, killed(kill)),
    current: () => here.current(),
    changes: () => here.changes(),
    script: () => here.deploy("1.0.0"),
  };
}

/** A tag on a server of its own, which writes down every change of it. */
async function tags(): Promise<Shop> {
  const folder = temporaryFolder();
  const clone = join(folder, "clone");
  const server = join(folder, "server");
  mkdirSync(clone);
  git(folder, "init", "--quiet", "--bare", "server");
  git(server, "config", "core.logAllRefUpdates", "always");
  git(clone, "init", "--quiet");
  git(clone, "remote", "add", "origin", server);
  const inputs = { provider: "git-tag", settings: "{tag: v1, releases: 'v1.*'}", backend: "file" };
  const release = (version: string): void => {
    writeFileSync(join(clone, "a.txt"), version);
    git(clone, "add", "a.txt");
    git(clone, "commit", "--quiet", "--message", version);
    git(clone, "tag", version);
    git(clone, "push", "--quiet", "--force", "origin", version, "HEAD:refs/tags/v1");
  };
  release("v1.0.0");
  await play(clone, { ...inputs, verdict: "pass", deployment: "1" });
  release("v1.1.0");
  const log = (): string[] => git(server, "log", "--walk-reflogs", "--format=%H", "refs/tags/v1").split("\n").reverse();
  return {
    run: (kill) => play(clone, { ...inputs, verdict: "fail", deployment: "2" }, killed(kill)),
    current: () => git(server, "describe", "--tags", "--exact-match", "--match", "v1.*", "refs/tags/v1^{commit}").replace("v", ""),
    changes: () => log().slice(2),
    script: () => {
      try {
        git(clone, "push", "--quiet", "--force", "origin", "v1.0.0^{commit}:refs/tags/v1");
      } catch {
        // The server lets only one of two pushes at the same moment through.
      }
    },
  };
}

function killed(after: number | undefined) {
  if (after === undefined) return {};
  return { started: (child: { kill(signal: "SIGKILL"): boolean }) => void setTimeout(() => child.kill("SIGKILL"), after) };
}

/** Three at a time: enough of a crowd for two cores. */
async function repeatedly(times: number, work: (index: number) => Promise<void>): Promise<void> {
  const waiting = Array.from({ length: times }, (_, index) => index);
  const worker = async (): Promise<void> => {
    for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) await work(index);
  };
  await Promise.all([worker(), worker(), worker()]);
}

it.each([
  ["files", files],
  ["tags", tags],
] as const)("of two runs at once one changes %s, and the other says that it is done", patient, async (_, open) => {
  await repeatedly(rounds, async () => {
    const shop = await open();
    const late = random() * 300;
    const runs = await Promise.all([shop.run(), pause(late).then(() => shop.run())]);
    const log = runs.map((run) => run.log).join("\n");
    expect(runs.map(({ outputs }) => outputs["decision"]).sort(), log).toEqual(["already-rolled-back", "rolled-back"]);
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect([shop.current(), shop.changes().length]).toEqual(["1.0.0", 1]);
  });
});

it("a script at the same time never leads further back, nor forth", patient, async () => {
  await repeatedly(rounds, async () => {
    const shop = await tags();
    const [run] = await Promise.all([shop.run(), pause(random() * 900).then(() => shop.script())]);
    expect(["rolled-back", "already-rolled-back"], run.log).toContain(run.outputs["decision"]);
    expect([run.exitCode, shop.current(), shop.changes().length]).toEqual([0, "1.0.0", 1]);
    expect(told(await shop.run())).toContain("0 pass already-rolled-back");
  });
});

it.each([
  ["files", files],
  ["tags", tags],
] as const)(
  "killed at any moment while it goes back with %s, the next run finishes it, and each change is made once",
  patient,
  async (_, open) => {
    await repeatedly(rounds, async () => {
      const shop = await open();
      const when = 100 + random() * 1_400;
      const first = await shop.run(when);
      const next = await shop.run();
      expect([when, next.exitCode, next.outputs["verdict"]], `${first.log}\n${next.log}`).toEqual([when, 0, "pass"]);
      expect([when, shop.current(), shop.changes().length]).toEqual([when, "1.0.0", 1]);
      expect(told(await shop.run())).toContain("0 pass already-rolled-back");
    });
  },
);
