import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { catalogue } from "../../actions/secret-scan/src/rules/catalogue.ts";
import { Dice, sampleOf } from "../actions/secret-scan/samples.ts";
import { stageLibrary } from "./library.ts";
import { exampleProject, type Project, pushPayload } from "./project.ts";
import { type ActRun, runAct } from "./run-act.ts";

let root = "";
let library = "";

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "forge-act-secrets-"));
  library = stageLibrary(join(root, "library"));
});

afterAll(() => rmSync(root, { recursive: true, force: true, maxRetries: 3 }));

/** A project whose workflow scans every push, without a token. */
function scanned(name: string): Project {
  const project = exampleProject(join(root, name, "project"));
  const steps = [
    {
      name: "Check out",
      uses: "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1",
      with: { "fetch-depth": 0, "persist-credentials": false },
    },
    { name: "Secrets", uses: "org/forge/actions/secret-scan@v1" },
  ];
  const jobs = { secrets: { "runs-on": "ubuntu-latest", "timeout-minutes": 5, steps } };
  project.write(".github/workflows/coverage.yml", stringify({ name: "Secrets", on: ["push"], permissions: {}, jobs }));
  project.commit("Scan for secrets");
  return project;
}

function push(project: Project, name: string): Promise<ActRun> {
  const folders = { project: project.path, library, scratch: join(root, name, "run"), caches: join(root, name, "caches") };
  return runAct({ event: "push", payload: pushPayload(project), ...folders, apiUrl: "http://127.0.0.1:9" });
}

test("a push without a secret passes", async () => {
  const done = await push(scanned("clean"), "clean");
  expect(done.results["Secrets"], done.log).toBe("success");
  expect(done.exitCode).toBe(0);
});

test("a push with a secret fails, names the place, and does not show it", async () => {
  const project = scanned("leak");
  const rule = catalogue.find(({ id }) => id === "github-pat");
  const token = rule === undefined ? "" : (sampleOf(rule, new Dice(77)) ?? "");
  project.write("src/token.js", `export const token = "${token}";\n`);
  project.commit("Token");
  const done = await push(project, "leak");
  expect(done.exitCodes["Secrets"], done.log).toBe(1);
  expect(done.annotations.map(({ properties }) => [properties["file"], properties["line"]])).toContainEqual(["src/token.js", "1"]);
  expect(JSON.stringify([done.annotations, done.summary])).not.toContain(token);
});
