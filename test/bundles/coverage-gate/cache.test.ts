import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FakeCache, startFakeCache } from "../../fake-github/cache-service.ts";
import { type Happening, proposed, pushed } from "../events.ts";
import { cleanUp } from "../harness.ts";
import { edit } from "../pull-request.ts";
import { ended, gate, lcov, project, rule, share } from "./gate.ts";

let cache: FakeCache;
let folder = "";
let commit = "";
beforeAll(async () => {
  cache = await startFakeCache(2);
  ({ folder, commit } = project({ "src/a.js": share(8, 10) }));
});
beforeEach(() => {
  cache.reset();
  edit(folder, { "coverage/lcov.info": lcov({ "src/a.js": share(8, 10) }) });
});
afterAll(async () => {
  await cache.close();
  cleanUp();
});

const auto = { baseline: "auto", minimum: "0", "maximum-drop": "5" };

function cached(happening: Happening): Happening {
  return { ...happening, env: { ...happening.env, ...cache.environment } };
}

function proposal(fork = false): Happening {
  return proposed({ base: commit, head: commit, tested: commit }, { fork });
}

describe("the cache of a runner", () => {
  it("is written by a push, once for each commit and id, and read by pull requests of forks too", async () => {
    const first = await gate(folder, auto, cached(pushed(commit)));
    expect(ended(first), first.log).toEqual([0, "pass"]);
    expect(first.log).toContain("Baseline saved");
    await gate(folder, { ...auto, id: "web" }, cached(pushed(commit)));
    expect((await gate(folder, auto, cached(pushed(commit)))).exitCode).toBe(0);
    expect(cache.entries.map(({ key }) => key)).toEqual([
      `forge-baseline-coverage-gate--${commit}`,
      `forge-baseline-coverage-gate-web-${commit}`,
    ]);
    edit(folder, { "coverage/lcov.info": lcov({ "src/a.js": share(7, 10) }) });
    for (const fork of [false, true]) {
      const run = await gate(folder, auto, cached(proposal(fork)));
      expect([run.exitCode, run.outputs["delta"]], run.log).toEqual([1, "-10.00"]);
    }
    expect(cache.entries).toHaveLength(2);
  });

  it.each(["denied", "down"] as const)("that is %s does not change the verdict", async (mode) => {
    cache.mode = mode;
    const push = await gate(folder, auto, cached(pushed(commit)));
    expect(ended(push), push.log).toEqual([0, "pass"]);
    expect(push.log).toContain("No baseline saved");
    const run = await gate(folder, auto, cached(proposal()));
    expect([run.exitCode, rule(run, "maximum-drop").verdict], run.log).toEqual([0, "neutral"]);
  });

  it("that is torn is no baseline", async () => {
    await gate(folder, auto, cached(pushed(commit)));
    cache.spoil(Buffer.from("torn"));
    const run = await gate(folder, auto, cached(proposal()));
    expect([run.exitCode, rule(run, "maximum-drop").verdict], run.log).toEqual([0, "neutral"]);
    expect(run.outputs["summary"]).toContain("maximum-drop was not judged: there is no baseline");
  });

  it("that is not there, as on a laptop or under act, is said in words", async () => {
    const run = await gate(folder, auto, proposal());
    expect([run.exitCode, rule(run, "maximum-drop").verdict], run.log).toEqual([0, "neutral"]);
    expect(rule(run, "maximum-drop").why).toMatch(/there is no baseline \(.+\)/);
  });

  it("is not asked with `baseline: none`", async () => {
    await gate(folder, { ...auto, baseline: "none" }, cached(pushed(commit)));
    await gate(folder, { ...auto, baseline: "none" }, cached(proposal()));
    expect(cache.requests).toEqual([]);
  });

  it("that never answers does not hold up a cancelled run", async () => {
    cache.mode = "hanging";
    const run = await gate(folder, auto, {
      ...cached(pushed(commit)),
      started: (child) => {
        const look = (): void => {
          if (cache.requests.length > 0) child.kill("SIGTERM");
          else if (child.exitCode === null) setTimeout(look, 2);
        };
        look();
      },
    });
    expect([run.exitCode, run.outputs], run.log).toEqual([143, {}]);
  });
});
