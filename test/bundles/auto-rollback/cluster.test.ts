import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { cleanUp, temporaryFolder } from "../harness.ts";
import { play, told } from "./world.ts";

afterAll(cleanUp);

interface Revision {
  readonly revision: number;
  readonly hash?: string;
  readonly status?: string;
  readonly description?: string;
}

function cluster(provider: string, settings: string) {
  const folder = temporaryFolder();
  const programs = join(folder, "bin");
  mkdirSync(programs);
  for (const name of ["kubectl", "helm"]) {
    copyFileSync(join(import.meta.dirname, "cluster.mjs"), join(programs, name));
    chmodSync(join(programs, name), 0o755);
  }
  writeFileSync(join(programs, "package.json"), '{"type":"module"}');
  const path = [programs, dirname(process.execPath), process.env["PATH"]].join(delimiter);
  return {
    put: (state: { revisions: readonly Revision[]; stuck?: boolean; allowed?: string }): void =>
      writeFileSync(join(folder, "cluster.json"), JSON.stringify({ changes: [], ...state })),
    changes: (): readonly string[] => (JSON.parse(readFileSync(join(folder, "cluster.json"), "utf8")) as { changes: string[] }).changes,
    run: (inputs: Readonly<Record<string, string>>) =>
      play(folder, { provider, settings, backend: "file", ...inputs }, { env: { PATH: path } }),
  };
}

it("kubernetes: the revision that has the good template now, by its hash", async () => {
  const here = cluster("kubernetes", "{namespace: shop, deployment: web}");
  here.put({ revisions: [{ revision: 3, hash: "good" }] });
  await here.run({ verdict: "pass", deployment: "1" });
  const revisions = [
    { revision: 3, hash: "good" },
    { revision: 4, hash: "other" },
    { revision: 5, hash: "bad" },
  ];
  here.put({ revisions, allowed: "no" });
  expect(told(await here.run({ verdict: "fail", deployment: "2" }))).toContain("refused credentials-missing");
  here.put({ revisions });
  expect(told(await here.run({ verdict: "fail", deployment: "2" }))).toBe("0 pass rolled-back bad→good");
  expect(here.changes()).toEqual(["--namespace shop rollout undo deployment/web --to-revision=3"]);
});

it("kubernetes: a rollout that exceeds its deadline halts; a revision that is gone refuses", async () => {
  const here = cluster("kubernetes", "{deployment: web}");
  here.put({ revisions: [{ revision: 1, hash: "good" }] });
  await here.run({ verdict: "pass", deployment: "1" });
  here.put({ revisions: [{ revision: 2, hash: "bad" }] });
  expect(told(await here.run({ verdict: "fail", deployment: "2" }))).toContain("refused artifact-missing");
  here.put({
    revisions: [
      { revision: 1, hash: "good" },
      { revision: 2, hash: "bad" },
    ],
    stuck: true,
  });
  expect(told(await here.run({ verdict: "fail", deployment: "2" }))).toContain("1 fail halted verify-failed");
});

it("helm: the good revision, followed through rollbacks, and only where it is usable", async () => {
  const here = cluster("helm", "{release: web}");
  here.put({
    revisions: [
      { revision: 1, status: "superseded" },
      { revision: 2, status: "failed" },
      { revision: 3, status: "deployed", description: "Rollback to 1" },
    ],
  });
  await here.run({ operation: "mark-good" });
  const broken = [
    { revision: 1, status: "failed" },
    { revision: 4, status: "deployed" },
  ];
  here.put({ revisions: broken });
  expect(told(await here.run({ verdict: "fail", deployment: "2" }))).toContain("refused artifact-missing 4→1");
  here.put({
    revisions: [
      { revision: 1, status: "superseded" },
      { revision: 4, status: "deployed" },
    ],
  });
  expect(told(await here.run({ verdict: "fail", deployment: "2" }))).toBe("0 pass rolled-back 4→1");
  expect(here.changes()).toHaveLength(1);
  expect(told(await here.run({ verdict: "fail", deployment: "3", window: "0s" }))).not.toContain(" rolled-back");
});
