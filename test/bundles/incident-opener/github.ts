import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect } from "vitest";
import manifest from "../../../actions/incident-opener/src/manifest.ts";
import type { Issue } from "../../fake-github/issue-book.ts";
import type { FakeGitHub } from "../../fake-github/server.ts";
import type { Permissions, Repository } from "../../fake-github/state.ts";
import { type BundleInput, type BundleRun, root, runBundle, temporaryFolder } from "../harness.ts";

export const author = "github-actions[bot]";
export const start = Date.UTC(2026, 10, 21, 3, 0, 0);

const schema = JSON.parse(readFileSync(join(root, "actions", "incident-opener", "report.schema.json"), "utf8")) as object;
const validate = new Ajv({ strict: false }).compile(schema);

/** `octo/app` on a GitHub whose clock stands until the test moves it. */
export interface World {
  readonly fake: FakeGitHub;
  readonly repository: Repository;
  readonly workspace: string;
  now: number;
  pass(milliseconds: number): void;
  run(inputs: Readonly<Record<string, string>>, more?: Partial<BundleInput>): Promise<BundleRun>;
  /** The incidents, oldest first; the ledger's own issue is none. */
  incidents(): Issue[];
  open(): Issue[];
  comments(number: number): string[];
}

export const rights = { branch: { contents: "write", issues: "write" }, issue: { issues: "write" } } as const satisfies Record<
  string,
  Permissions
>;

export function world(fake: FakeGitHub, permissions: Permissions = rights.branch, options: { private?: boolean } = {}): World {
  fake.reset();
  const repository = fake.state.addRepository("octo/app", options);
  repository.git.commitFiles("main", { "README.md": "# App\n" });
  fake.state.addActionsToken("ghs_job", repository, permissions);
  fake.state.rate.limit = 100_000;
  fake.state.rate.remaining = 100_000;
  const workspace = temporaryFolder();
  const incidents = (): Issue[] => [...repository.issues.all.values()].filter(({ labels }) => !labels.includes("forge-ledger"));
  const here: World = {
    fake,
    repository,
    workspace,
    now: start,
    pass(milliseconds) {
      here.now += milliseconds;
    },
    run: (inputs, more = {}) => play(here, inputs, more),
    incidents,
    open: () => incidents().filter((issue) => issue.open),
    comments: (number) => repository.comments.filter(({ issue }) => issue === number).map(({ body }) => body),
  };
  fake.state.time = () => here.now;
  return here;
}

const usual = { service: "checkout", check: "http", environment: "production", token: "ghs_job" };

/** Runs the built action, and holds every run to what all of them owe. */
async function play(here: World, inputs: Readonly<Record<string, string>>, more: Partial<BundleInput>): Promise<BundleRun> {
  const run = await runBundle("incident-opener", {
    workspace: here.workspace,
    eventName: "schedule",
    ...more,
    inputs: { ...usual, ...inputs },
    env: { GITHUB_API_URL: here.fake.url, ...more.env },
  });
  if (run.signal !== null) return run;
  const told = `${run.log}\nexit code ${run.exitCode}`;
  expect(told).not.toContain("This is a bug");
  expect([0, 2, 3], told).toContain(run.exitCode);
  expect(Object.keys(run.outputs).sort(), told).toEqual(Object.keys(manifest.outputs).sort());
  expect(validate(run.report), JSON.stringify(validate.errors)).toBe(true);
  expect(run.report?.outputs).toEqual(run.outputs);
  return run;
}

export const minutes = (count: number): number => count * 60_000;

/** State, number and what was done, at one glance. */
export function told({ exitCode, outputs }: BundleRun): readonly [number | null, string, string, string] {
  return [exitCode, outputs["verdict"] ?? "", outputs["state"] ?? "", outputs["incident-number"] ?? ""];
}
