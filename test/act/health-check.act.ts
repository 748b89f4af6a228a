import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stageLibrary } from "./library.ts";
import { exampleProject, pushPayload } from "./project.ts";
import { type ActRun, runAct } from "./run-act.ts";

/** The service that is checked: well, ill, or well behind a password. */
const service = createServer((request, response) => {
  const allowed = request.headers.authorization === "Bearer open-sesame-42";
  const status = request.url === "/ill" ? 500 : request.url === "/private" && !allowed ? 401 : 200;
  response.writeHead(status, { "content-type": "application/json" }).end('{"status":"UP"}');
});

let root = "";
let address = "";

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "forge-act-"));
  stageLibrary(join(root, "library"));
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await new Promise((resolve) => service.close(resolve));
  rmSync(root, { recursive: true, force: true, maxRetries: 3 });
});

interface Step {
  readonly id: string;
  readonly inputs: string;
}

function workflow(steps: readonly Step[]): string {
  const uses = steps.map(
    ({ id, inputs }) => `      - name: ${id}
        id: ${id}
        continue-on-error: true
        uses: org/forge/actions/health-check@v1
        with:
          id: ${id}
          allow-private: 127.0.0.0/8
          attempts: 2
          interval: 10ms
${inputs.replace(/^/gm, "          ")}
`,
  );
  return `name: Health
on: push
permissions: {}
jobs:
  health:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
${uses.join("")}`;
}

/** What each step said of its targets. */
function told(done: ActRun, ...steps: readonly string[]): string[] {
  const outputs = ["verdict", "status", "reason", "healthy", "down", "unknown", "availability"];
  return steps.map((step) => outputs.map((output) => done.outputs[step]?.[output] ?? "").join(","));
}

let count = 0;
async function run(steps: readonly Step[], caches: string): Promise<ActRun> {
  const scratch = join(root, `run-${++count}`);
  const project = exampleProject(join(scratch, "project"));
  rmSync(join(project.path, ".github"), { recursive: true });
  project.write(".github/workflows/health.yml", workflow(steps));
  project.commit("Check the health");
  const request = { event: "push", payload: pushPayload(project), project: project.path, library: join(root, "library"), apiUrl: address };
  return runAct({ ...request, scratch, caches: join(root, caches) });
}

test("services that are well, ill, private, or out of the runner's reach", async () => {
  const nowhere = "http://nobody.invalid";
  const done = await run(
    [
      { id: "well", inputs: `url: ${address}/\nconditions: "[BODY].status == UP"\nbaseline: none` },
      { id: "ill", inputs: `url: ${address}/ill\nbaseline: none` },
      {
        id: "private",
        inputs: `baseline: none\ntargets: |\n  - name: api\n    url: ${address}/private\n    headers: {Authorization: Bearer open-sesame-42}`,
      },
      {
        id: "cut",
        inputs: `baseline: none\ntargets: |\n  - {name: api, url: "${nowhere}"}\n  - {name: net, url: "${nowhere}", control: true}`,
      },
      { id: "refused", inputs: `url: http://169.254.169.254/latest\nbaseline: none` },
    ],
    "none",
  );
  expect(told(done, "well", "ill", "private", "cut", "refused"), done.log).toEqual([
    "pass,healthy,ok,1,0,0,100.00",
    "fail,down,http.status,0,1,0,0.00",
    "pass,healthy,ok,1,0,0,100.00",
    "unknown,unknown,runner.network,0,0,1,",
    "unknown,unknown,address.private,0,0,1,",
  ]);
  const { well, ill, cut, refused } = done.results;
  expect([well, ill, cut, refused]).toEqual(["success", "failure", "failure", "failure"]);
  expect(done.printed["private"] ?? "").not.toContain("open-sesame-42");
});

test("a failure is held over runs, and a heartbeat is heard by the next one", async () => {
  const held = { id: "held", inputs: `targets: |\n  - {name: api, url: "${address}/ill", for: 1h}` };
  const heard = { id: "heard", inputs: `targets: |\n  - {kind: heartbeat, name: backup, grace: 1h}` };
  const first = await run([held, heard, { id: "beats", inputs: "beat: backup" }], "shared");
  expect(told(first, "held", "heard", "beats"), first.log).toEqual([
    "pass,degraded,http.status,0,0,0,0.00",
    "unknown,unknown,heartbeat.never,0,0,1,",
    "pass,healthy,ok,0,0,0,",
  ]);
  const since = /since (\d{4}-\S+),/.exec(first.outputs["held"]?.["summary"] ?? "")?.[1];
  // A heartbeat belongs to the `id` that it was recorded with.
  const second = await run([held, { ...heard, id: "beats" }], "shared");
  expect(told(second, "beats"), second.log).toEqual(["pass,healthy,ok,1,0,0,100.00"]);
  expect(since).toBeDefined();
  expect(second.outputs["held"]?.["summary"]).toContain(`since ${since}`);
});
