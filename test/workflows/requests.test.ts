/** What quality-gate.yml asks of GitHub on a pull request: its steps that call actions, in its order, with its inputs and each job's own token. */
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { type BundleRun, cleanUp, root, runBundle, temporaryFolder } from "../bundles/harness.ts";
import { pullRequest } from "../bundles/pull-request.ts";
import { type FakeGitHub, startFakeGitHub } from "../fake-github/server.ts";
import type { Permissions, Repository } from "../fake-github/state.ts";

interface Job {
  readonly permissions: Readonly<Record<string, "read" | "write">>;
  readonly steps: readonly { readonly name?: string; readonly uses?: string; readonly with?: Readonly<Record<string, string>> }[];
}

const { jobs } = parse(readFileSync(join(root, "reusable-workflows", "quality-gate.yml"), "utf8")) as {
  jobs: Readonly<Record<string, Job>>;
};
const mostRequests = 12;
const everyGate = ["coverage-gate", "bundle-size", "benchmark-compare", "secret-scan"];
const inputs: Readonly<Record<string, string>> = {
  "coverage-reports": "coverage/lcov.info",
  "bundle-files": "coverage/app.js",
  "benchmark-results": "coverage/head.txt",
  "benchmark-base-results": "coverage/base.txt",
  comment: "true",
};

let fake: FakeGitHub;
let repository: Repository;
beforeAll(async () => {
  fake = await startFakeGitHub();
});
afterEach(cleanUp);
afterAll(() => fake.close());

/** An expression of a step's `with`; one that is not known here is a mistake of this test. */
function resolved(text: string): string {
  return text.replace(/\$\{\{ ?(.+?) ?\}\}/g, (_, expression: string) => {
    if (/(steps\.plan|needs\.gates)\.outputs\.expected/.test(expression)) return everyGate.join("\n");
    const name = /^inputs\.([\w-]+)$/.exec(expression)?.[1];
    if (name === undefined) throw new Error(`what is ${expression}?`);
    return inputs[name] ?? "";
  });
}

function tokenOf(job: string, most: Permissions): string {
  const granted = Object.entries(jobs[job]?.permissions ?? {}).map(([name, access]) => {
    const permission = name.replaceAll("-", "_");
    return [permission, most[permission] === "write" ? access : "read"] as const;
  });
  fake.state.addActionsToken(`ghs_${job}`, repository, Object.fromEntries(granted));
  return `ghs_${job}`;
}

const times = ["pkg: example.org/app", ...[100, 101, 99, 100, 102, 100].map((time) => `BenchmarkParse-2 1000000 ${time} ns/op`), ""].join(
  "\n",
);

async function play(most: Permissions): Promise<Map<string, BundleRun>> {
  const pull = pullRequest({
    before: { "src/a.js": "export const a = 1;\n" },
    change: { "src/a.js": "export const a = 2;\nexport const b = 3;\n" },
    meanwhile: { "README.md": "# App\n" },
    reports: {
      "coverage/lcov.info": "SF:src/a.js\nDA:1,1\nDA:2,1\nend_of_record\n",
      "coverage/app.js": "console.log(1);\n",
      "coverage/head.txt": times,
      "coverage/base.txt": times,
    },
  });
  repository = fake.state.repositories.get("octo/app") ?? fake.state.addRepository("octo/app");
  fake.state.addPullRequest(repository, { number: 7, head: { ref: "change", sha: pull.head, repository: "octo/app" } });
  const temps = { gates: temporaryFolder(), report: temporaryFolder() };
  const runs = new Map<string, BundleRun>();
  for (const job of ["gates", "report"] as const) {
    if (job === "report") {
      mkdirSync(join(pull.folder, "forge-report"));
      cpSync(join(temps.gates, "forge-reports"), join(pull.folder, "forge-report"), { recursive: true });
    }
    const token = tokenOf(job, most);
    for (const step of jobs[job]?.steps ?? []) {
      const action = /^\$\/actions\/(.+)$/.exec(step.uses ?? "")?.[1];
      if (action === undefined) continue;
      const given = Object.fromEntries(Object.entries(step.with ?? {}).map(([name, text]) => [name, resolved(text)]));
      const { eventName, event, env } = pull.happening;
      const run = await runBundle(action, {
        workspace: pull.folder,
        temp: temps[job],
        eventName,
        event,
        env: { ...env, GITHUB_API_URL: fake.url },
        inputs: { ...given, token },
      });
      runs.set(`${job} ${action}`, run);
    }
  }
  return runs;
}

test.each([
  ["the first time", 0, "write"],
  ["among many comments", 250, "write"],
  ["with the token of a fork", 250, "read"],
] as const)("at most twelve requests, and no permission but what callers grant: %s", async (_name, others, most) => {
  fake.reset();
  repository = fake.state.addRepository("octo/app");
  for (let id = 1; id <= others; id++) fake.state.addComment(repository, { issue: 7, author: "octocat", body: `Comment ${id}` });
  const runs = await play({ contents: "read", pull_requests: most });
  const verdicts = [...runs].map(([name, { outputs }]) => `${name}: ${outputs["verdict"]}`);
  expect(verdicts).toEqual([
    "gates coverage-gate: pass",
    "gates bundle-size: neutral",
    "gates benchmark-compare: pass",
    "gates secret-scan: pass",
    "gates report: pass",
    "report report: pass",
  ]);
  expect(repository.comments).toHaveLength(others + (most === "write" ? 1 : 0));
  const asked = fake.requests.map(({ status, method, path }) => `${status} ${method} ${path}`);
  expect(asked.length, asked.join("\n")).toBeLessThanOrEqual(mostRequests);
  const used = new Set(fake.requests.flatMap(({ needs }) => (needs.length === 0 ? [] : [needs.join(" or ")])));
  expect([...used].filter((need) => !/pull_requests=/.test(need))).toEqual([]);
  expect(asked.filter((one) => /^[45]/.test(one))).toEqual(most === "write" ? [] : ["403 POST /repos/octo/app/issues/7/comments"]);
  fake.verify();
});
