/** What act does not enforce, asserted over the parsed workflows: permissions, forks, concurrency, cancellation, timeouts, and what is run. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const root = resolve(import.meta.dirname, "../..");

type Permissions = Readonly<Record<string, "read" | "write">>;
interface Step {
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly "continue-on-error"?: unknown;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly permissions: Permissions;
  readonly concurrency?: Group;
  readonly "timeout-minutes"?: number | string;
  readonly "continue-on-error"?: unknown;
  readonly steps: readonly Step[];
}
interface Group {
  readonly group: string;
  readonly "cancel-in-progress": boolean;
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly concurrency?: Group;
  readonly permissions: Permissions;
  readonly jobs: Readonly<Record<string, Job>>;
}

const names = readdirSync(join(root, "reusable-workflows")).map((name) => name.replace(/\.yml$/, ""));
const textOf = (name: string): string => readFileSync(join(root, "reusable-workflows", `${name}.yml`), "utf8");
const workflowOf = (name: string): Workflow => parse(textOf(name)) as Workflow;
const jobsOf = (name: string): [string, Job][] => Object.entries(workflowOf(name).jobs);
const stepsOf = (name: string): Step[] => jobsOf(name).flatMap(([, job]) => job.steps);
const needsOf = ({ needs = [] }: Job): readonly string[] => (typeof needs === "string" ? [needs] : needs);

/** The most that any job asks for: what a caller has to grant, or its run does not start. */
function asked(name: string): Record<string, string> {
  const all: Record<string, string> = {};
  for (const [, { permissions }] of jobsOf(name)) {
    for (const [permission, access] of Object.entries(permissions)) if (all[permission] !== "write") all[permission] = access;
  }
  return all;
}

const grants: Readonly<Record<string, Permissions>> = {
  "fork-report": { actions: "read", "pull-requests": "write" },
  performance: { contents: "read" },
  "quality-gate": { contents: "read", "pull-requests": "write" },
  "release-guard": { contents: "write", deployments: "write", issues: "write" },
  "secret-scan": { contents: "read", "security-events": "write" },
  "self-heal": { contents: "write", deployments: "write", issues: "write" },
};

test("every workflow is held to a list of permissions", () => {
  expect(names.sort()).toEqual(Object.keys(grants));
});

describe.each(names)("%s", (name) => {
  test("asks for what it is allowed to, and its page grants exactly that", () => {
    expect(workflowOf(name).permissions).toEqual({});
    expect(asked(name)).toEqual(grants[name]);
    const page = readFileSync(join(root, "docs/workflows", `${name}.md`), "utf8");
    const snippets = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = ""]) => parse(yaml) as Partial<Workflow>);
    const callers = snippets.flatMap(({ jobs = {} }) => Object.values(jobs) as (Job & { uses?: string })[]);
    const granted = callers
      .filter(({ uses }) => uses === `org/forge/.github/workflows/${name}.yml@v1`)
      .map(({ permissions }) => permissions);
    expect(granted.length).toBeGreaterThan(0);
    for (const permissions of granted) expect(permissions).toEqual(grants[name]);
  });

  test("gives every job a time limit, and lets none fail unseen", () => {
    for (const [id, job] of jobsOf(name)) {
      expect(job["timeout-minutes"], id).toBeDefined();
      expect(job["continue-on-error"], id).toBeUndefined();
      expect(job.steps.filter((step) => step["continue-on-error"] !== undefined)).toEqual([]);
    }
    expect(textOf(name)).not.toContain("|| true");
  });

  test("pins what it uses, keeps no credentials, and puts no expression into a script", () => {
    const external = stepsOf(name).flatMap(({ uses }) => (uses === undefined || uses.startsWith("$/") ? [] : [uses]));
    for (const uses of external) {
      expect(uses).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40}$/);
      expect(textOf(name)).toMatch(new RegExp(`${uses} # v\\d+\\.\\d+\\.\\d+\n`));
    }
    const checkouts = stepsOf(name).filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.map((step) => step.with?.["persist-credentials"])).toEqual(checkouts.map(() => false));
    expect(checkouts.filter((step) => step.with?.["ref"] !== undefined)).toEqual([]);
    expect(stepsOf(name).filter(({ run }) => run?.includes("${" + "{"))).toEqual([]);
    expect(stepsOf(name).filter(({ run, shell }) => run !== undefined && shell !== "bash")).toEqual([]);
  });

  test("is never started by what gives a stranger's code a token, and passes no secret on but those it names", () => {
    expect(Object.keys(workflowOf(name).on)).not.toContain("pull_request_target");
    expect(textOf(name)).not.toMatch(/secrets:\s*inherit|secrets\[|toJSON\(secrets\)/i);
  });

  test("has a concurrency group only where it is told apart by what it works on, and cancels none that has begun", () => {
    const { concurrency, jobs } = workflowOf(name);
    const groups = [concurrency, ...Object.values(jobs).map((job) => job.concurrency)].filter((group) => group !== undefined);
    for (const { group, "cancel-in-progress": cancels } of groups) {
      expect(cancels).toBe(false);
      expect(/inputs\.id\b/.test(group) || (/inputs\.environment/.test(group) && /inputs\.service/.test(group)), group).toBe(true);
      expect(group).not.toMatch(/github\.workflow\b/);
    }
  });

  test("where a job runs after others failed, it knows how each of them ended", () => {
    for (const [id, job] of jobsOf(name)) {
      if (!/always\(\)|failure\(\)/.test(job.if ?? "")) continue;
      const told = JSON.stringify(job.steps);
      const decides = needsOf(job).filter((need) => !/^(command|rollback)$/.test(need));
      expect(
        decides.filter((need) => !told.includes(`needs.${need}.result`)),
        id,
      ).toEqual([]);
    }
  });

  test("stops when it is cancelled, but for the last word", () => {
    const deaf = jobsOf(name).flatMap(([id, job]) => [
      ...(/always\(\)/.test(job.if ?? "") ? [id] : []),
      ...job.steps.filter((step) => /always\(\)/.test(step.if ?? "")).map((step) => `${id}: ${step.name}`),
    ]);
    expect(deaf).toEqual({ "quality-gate": ["gate"], "self-heal": ["outcome"] }[name] ?? []);
  });
});

describe("quality-gate and strangers", () => {
  const { gates, report, gate } = workflowOf("quality-gate").jobs;

  test("code of the pull request runs where nothing may be written, and nothing of it where something may", () => {
    expect(gates?.permissions).toEqual({ contents: "read" });
    expect(report?.steps.filter(({ uses, run }) => run !== undefined || uses?.startsWith("actions/checkout@"))).toEqual([]);
    expect(gate?.permissions).toEqual({});
  });

  test("only the step Command sees the secret env, and only that one the caller's command", () => {
    const seeing = stepsOf("quality-gate").filter((step) => JSON.stringify(step).includes("secrets."));
    expect(seeing.map(({ name }) => name)).toEqual(["Command"]);
    const running = stepsOf("quality-gate").filter((step) => JSON.stringify(step).includes("inputs.command"));
    expect(running.map(({ name }) => name)).toEqual(["Command"]);
  });

  test("every gate runs before the verdict decides: none is enforced, none comments, and none is skipped because another failed", () => {
    const ours = (gates?.steps ?? []).filter(({ uses }) => uses?.startsWith("$/actions/"));
    expect(ours.map((step) => [step.with?.["enforce"], step.with?.["comment"]])).toEqual(ours.map(() => ["false", "false"]));
    expect(ours.filter((step) => !step.if?.includes("!cancelled() &&"))).toEqual([]);
  });
});

test("fork-report runs nothing of the run whose artifact it reads", () => {
  const { post } = workflowOf("fork-report").jobs;
  expect(post?.steps.map(({ uses }) => uses)).toEqual(["$/actions/report"]);
  expect(JSON.stringify(post)).not.toMatch(/head_branch|head_sha|head_commit|display_title/);
});
