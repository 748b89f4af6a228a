import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { fingerprintOf } from "../../packages/ledger/fingerprint.ts";
import { type FakeGitHub, startFakeGitHub } from "../fake-github/server.ts";
import type { Repository } from "../fake-github/state.ts";
import { prepareLibrary } from "./library.ts";
import { exampleProject, type Project, repository } from "./project.ts";
import { type ActRun, runAct } from "./run-act.ts";

const root = mkdtempSync(join(tmpdir(), "forge-act-heal-"));
const state = join(root, "state");
const minute = 60_000;
let pings: string[] = [];
/** A service that is well while the file `state` says so, and what watches heartbeats. */
const server = createServer((request, response) => {
  if (request.url?.startsWith("/ping")) pings.push(request.url);
  const well = request.url?.startsWith("/ping") === true || (existsSync(state) && readFileSync(state, "utf8").trim() === "up");
  response.writeHead(well ? 200 : 503).end();
});

let fake: FakeGitHub;
let github: Repository;
let project: Project;
let address = "";
let now = Date.UTC(2026, 10, 21, 3);
let runs = 0;

beforeAll(async () => {
  fake = await startFakeGitHub();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  prepareLibrary(join(root, "library"));
  project = exampleProject(join(root, "project"));
  rmSync(join(project.path, ".github"), { recursive: true });
});

afterAll(async () => {
  await fake.close();
  await new Promise((resolve) => server.close(resolve));
  rmSync(root, { recursive: true, force: true, maxRetries: 3 });
});

beforeEach(() => {
  fake.reset();
  pings = [];
  github = fake.state.addRepository(repository);
  github.git.commitFiles("main", { "README.md": "# App\n" });
  fake.state.addActionsToken("ghs_job", github, { contents: "write", issues: "write" });
  fake.state.rate.limit = 100_000;
  fake.state.rate.remaining = 100_000;
  now = Date.UTC(2026, 10, 21, 3);
  fake.state.time = () => now;
});

function heal(inputs: Readonly<Record<string, unknown>>): Promise<ActRun> {
  const scratch = join(root, `run-${++runs}`);
  const targets = stringify([{ name: "shop", url: `${address}/health`, attempts: 1, timeout: "5s" }]);
  const given = { service: "shop", targets, "recovery-deadline": "1s", "allow-private": "true", schedule: "*/15 * * * *", ...inputs };
  const secrets = { env: `STATE=${secret("STATE")}`, heartbeat: secret("HEARTBEAT") };
  const jobs = { heal: { permissions: {}, uses: "org/forge/.github/workflows/self-heal.yml@v1", with: given, secrets } };
  project.write(
    ".github/workflows/heal.yml",
    stringify({ name: "Heal", on: { schedule: [{ cron: "*/15 * * * *" }] }, permissions: {}, jobs }),
  );
  return runAct({
    event: "schedule",
    payload: { schedule: "*/15 * * * *", repository: { full_name: repository, default_branch: "main" } },
    project: project.path,
    library: join(root, "library"),
    scratch,
    caches: join(root, "caches"),
    apiUrl: fake.url,
    secrets: { GITHUB_TOKEN: "ghs_job", STATE: state, HEARTBEAT: `${address}/ping/1` },
  });
}

function secret(name: string): string {
  return `\${{ secrets.${name} }}`;
}

const incidents = () => [...github.issues.all.values()].map(({ open, title }) => `${open ? "open" : "closed"}: ${title}`);
const revive = 'echo up > "$STATE"';

test("what is down is brought back, once, and a service that is well is left alone", async () => {
  writeFileSync(state, "down");
  const done = await heal({ command: revive });
  expect(done.results, done.log).toMatchObject({
    Claim: "success",
    Command: "success",
    "Health afterwards": "success",
    Verdict: "success",
  });
  expect(done.outputs["Decide"]?.["verdict"], done.log).toBe("pass");
  expect(readFileSync(state, "utf8")).toBe("up\n");
  expect([incidents(), pings]).toEqual([[], ["/ping/1"]]);
  const again = await heal({ command: revive });
  expect(again.exitCode, again.log).toBe(0);
  expect([done.outputs["Schedule"]?.["reason"], again.outputs["Schedule"]?.["status"]]).toEqual(["heartbeat.never", "healthy"]);
  expect([again.results["Claim"], again.results["Command"]], again.log).toEqual([undefined, undefined]);
  fake.verify();
});

test("after the third attempt in a day the incident is critical, and nothing more is attempted", async () => {
  writeFileSync(state, "down");
  const fingerprint = await fingerprintOf([repository, "check", "production", "shop", "self-heal"]);
  const attempts = [23, 5].map((hours) => ({ id: `of ${hours} hours ago`, at: now - hours * 60 * minute }));
  const record = JSON.stringify({ schema: "forge-attempts/1", fingerprint, attempts });
  github.git.commitFiles("forge-ops", { [`attempts/${fingerprint}.json`]: record });
  const command = 'echo tried >> "$STATE.log"; exit 7';
  for (const claimed of ["granted", "exhausted"]) {
    const done = await heal({ command });
    expect(done.log).toContain(`Attempt at recovery: ${claimed}.`);
    expect([done.outputs["Decide"]?.["verdict"], done.exitCodes["Verdict"]], done.log).toEqual(["fail", 1]);
    expect(incidents(), done.log).toEqual(["open: [critical] shop / self-heal is failing in production"]);
    now += 30 * minute;
  }
  expect(readFileSync(`${state}.log`, "utf8")).toBe("tried\n");
  expect(pings).toHaveLength(2);
  fake.verify();
});

test("where the ledger does not answer nothing is attempted, and the run says so", async () => {
  writeFileSync(state, "down");
  fake.fault({ path: /\/git\//, times: Number.POSITIVE_INFINITY }, { kind: "status", status: 503 });
  const done = await heal({ command: revive });
  expect(readFileSync(state, "utf8")).toBe("down");
  expect(done.results["Command"], done.log).toBeUndefined();
  expect(done.exitCode).not.toBe(0);
});

test("unknown is not down: nothing is attempted", async () => {
  writeFileSync(state, "down");
  const targets = stringify([{ name: "shop", kind: "heartbeat", beat: "never-recorded", schedule: "* * * * *" }]);
  const done = await heal({ command: revive, targets });
  expect(readFileSync(state, "utf8")).toBe("down");
  expect(done.outputs["Decide"]?.["verdict"], done.log).toBe("unknown");
  expect([done.exitCodes["Verdict"], done.results["Claim"], incidents()], done.log).toEqual([3, undefined, []]);
});
