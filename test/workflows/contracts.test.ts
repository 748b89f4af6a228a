import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

type Mapping = Readonly<Record<string, unknown>>;
interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Mapping;
}
interface Job {
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly name?: string;
  readonly permissions?: Mapping;
  readonly steps?: readonly Step[];
}

const workflowNames = readdirSync(join(root, "reusable-workflows")).filter((name) => name.endsWith(".yml"));

function yaml(path: string): Mapping {
  return parse(readFileSync(join(root, path), "utf8"));
}

function jobsOf(path: string): Readonly<Record<string, Job>> {
  return yaml(path)["jobs"] as Readonly<Record<string, Job>>;
}

interface Scope {
  readonly place: string;
  readonly text: string;
  readonly steps: readonly Step[];
}

function* scopes(): Generator<Scope> {
  for (const name of workflowNames) {
    for (const [id, job] of Object.entries(jobsOf(`reusable-workflows/${name}`))) {
      yield { place: `${name}, job ${id}`, text: JSON.stringify(job), steps: job.steps ?? [] };
    }
  }
  for (const name of readdirSync(join(root, "composite"))) {
    const action = yaml(`composite/${name}/action.yml`);
    const { steps } = action["runs"] as { readonly steps: readonly Step[] };
    yield { place: `composite/${name}`, text: JSON.stringify(action), steps };
  }
}

function keysOf(action: string, part: "inputs" | "outputs"): string[] {
  return Object.keys((yaml(`actions/${action}/action.yml`)[part] ?? {}) as Mapping);
}

describe.each([...scopes()])("$place", ({ text, steps }) => {
  const ours = steps.flatMap((step) => {
    const action = /^\$\/actions\/([a-z-]+)$/.exec(step.uses ?? "")?.[1];
    return action === undefined ? [] : [{ action, step }];
  });

  test("gives our actions only inputs that they have", () => {
    const unknown = ours.flatMap(({ action, step }) =>
      Object.keys(step.with ?? {})
        .filter((key) => !keysOf(action, "inputs").includes(key))
        .map((key) => `${action}: ${key}`),
    );
    expect(unknown).toEqual([]);
  });

  test("uses only outputs that its actions have", () => {
    const actionOf = new Map(ours.flatMap(({ action, step }) => (step.id === undefined ? [] : [[step.id, action] as const])));
    const unknown = [...text.matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)].filter(([, id = "", output = ""]) => {
      const action = actionOf.get(id);
      return action === undefined ? !steps.some((step) => step.id === id) : !keysOf(action, "outputs").includes(output);
    });
    expect(unknown.map(([found]) => found)).toEqual([]);
  });
});

describe.each(workflowNames)("%s", (name) => {
  test("grants nothing but what its jobs name, and no id token", () => {
    expect(yaml(`reusable-workflows/${name}`)["permissions"]).toEqual({});
    for (const job of Object.values(jobsOf(`reusable-workflows/${name}`))) {
      expect(job.permissions).toBeDefined();
      expect(job.permissions).not.toHaveProperty("id-token");
    }
  });

  test("never runs a caller's command beside a write permission", () => {
    for (const job of Object.values(jobsOf(`reusable-workflows/${name}`))) {
      const runsCommand = (job.steps ?? []).some((step) => step.run?.includes("FORGE_COMMAND"));
      if (runsCommand) expect(Object.values(job.permissions ?? {})).not.toContain("write");
    }
  });

  test("says why, at every permission", () => {
    const lines = readFileSync(join(root, "reusable-workflows", name), "utf8").split("\n");
    const granted = lines.filter((line) => /^\s+[a-z-]+: (read|write)\b/.test(line));
    expect(granted.filter((line) => !/ # \S/.test(line))).toEqual([]);
  });
});

describe("quality-gate", () => {
  test("ends with a job `gate` that always reports, under a stable name", () => {
    const { gate } = jobsOf("reusable-workflows/quality-gate.yml");
    expect(gate?.name).toBe("gate");
    expect(gate?.if).toMatch(/always\(\)/);
  });

  test("has no concurrency group, which two calls without an id would share", () => {
    expect(readFileSync(join(root, "reusable-workflows/quality-gate.yml"), "utf8")).not.toMatch(/^\s*concurrency:/m);
  });

  test("needs no more of its caller than contents: read and pull-requests: write", () => {
    const granted = Object.values(jobsOf("reusable-workflows/quality-gate.yml")).flatMap((job) => Object.entries(job.permissions ?? {}));
    expect(Object.fromEntries(granted)).toEqual({ contents: "read", "pull-requests": "write" });
  });

  test("shares its inputs with the composite of that name", () => {
    const composite = Object.keys(yaml("composite/quality-gate/action.yml")["inputs"] as Mapping);
    const on = yaml("reusable-workflows/quality-gate.yml")["on"] as { readonly workflow_call: { readonly inputs: Mapping } };
    expect(Object.keys(on.workflow_call.inputs)).toEqual(expect.arrayContaining(composite));
  });
});

test("fork-report has only workflow_call: the trigger is its caller's", () => {
  expect(Object.keys(yaml("reusable-workflows/fork-report.yml")["on"] as Mapping)).toEqual(["workflow_call"]);
});

describe("self-heal", () => {
  const jobs = jobsOf("reusable-workflows/self-heal.yml");

  test("attempts only on down, with an attempt that this run attempt has claimed", () => {
    expect(jobs["claim"]?.if).toMatch(/outputs\.verdict == 'fail' && needs\.check\.outputs\.status == 'down' &&/);
    for (const name of ["command", "rollback"]) {
      expect(jobs[name]?.needs).toContain("claim");
      expect(jobs[name]?.if).toContain("needs.claim.outputs.attempt == 'granted'");
      expect(jobs[name]?.if).toContain("needs.claim.outputs.run-attempt == github.run_attempt");
      expect(jobs[name]?.if).not.toMatch(/always\(\)|cancelled\(\)|failure\(\)/);
    }
  });

  test("claims from a ledger that every run shares, and fails where that does not answer", () => {
    const claim = jobs["claim"]?.steps?.find(({ id }) => id === "claim");
    expect(claim?.with).toMatchObject({ operation: "attempt", backend: "branch" });
    expect(claim?.with).not.toHaveProperty("enforce");
  });

  test("runs the command in a job that may write nothing, and no other job sees the secret env", () => {
    expect(jobs["command"]?.permissions).toEqual({ contents: "read" });
    const seeing = Object.entries(jobs).filter(([, job]) => JSON.stringify(job).includes("secrets.env"));
    expect(seeing.map(([name]) => name)).toEqual(["command"]);
  });

  test("pings the heartbeat only where the service could be judged", () => {
    const ping = jobs["outcome"]?.steps?.find(({ with: given }) => given?.["beat"] !== undefined);
    expect(JSON.stringify(ping)).toContain("needs.check.result == 'success'");
    expect(jobs["outcome"]?.if).toContain("always()");
  });
});
