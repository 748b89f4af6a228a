/** Every action as a user's workflow calls it, without a token: fails the step where it should, passes where it should. The folders are the list. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { prepareForAct } from "../../packages/cli/adapters/act.ts";
import { commitAll } from "../bundles/repository.ts";
import { checkout } from "./library.ts";
import { runAct } from "./run-act.ts";

interface Conformance {
  prepare(folder: string): Promise<Readonly<Record<string, string>>> | Readonly<Record<string, string>>;
  readonly failing: Readonly<Record<string, string>>;
  readonly failsWith?: readonly [exitCode: 1 | 3, verdict: string];
}

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "forge-act-"));
  mkdirSync(join(root, "library"));
  prepareForAct(join(root, "library"), pathToFileURL(`${checkout}/`));
});
afterAll(() => rmSync(root, { recursive: true, force: true, maxRetries: 3 }));

const expression = (text: string): string => ["${{", text, "}}"].join(" ");

/** The action twice: with what fails, and with what passes. */
function workflow(action: string, passing: Readonly<Record<string, string>>, failing: Readonly<Record<string, string>>): string {
  const uses = `org/forge/actions/${action}@v1`;
  const say = 'echo "$ONE / $TWO / $OUTCOME"';
  const env = {
    ONE: expression("steps.one.outputs.verdict"),
    TWO: expression("steps.two.outputs.verdict"),
    OUTCOME: expression("steps.one.outcome"),
  };
  const steps = [
    { uses: "actions/checkout@v7" },
    { id: "one", name: "Fails", uses, with: { ...passing, ...failing }, "continue-on-error": true },
    { id: "two", name: "Passes", uses, with: { ...passing, id: "second" } },
    { name: "Say", run: say, env },
  ];
  return stringify({ on: "push", permissions: {}, jobs: { gate: { "runs-on": "ubuntu-latest", steps } } });
}

describe.each(readdirSync(join(checkout, "actions")).sort())("%s", (action) => {
  it("fails the step, passes, and gives its outputs to later steps", async () => {
    const file = join(checkout, "test", "actions", action, "conformance.ts");
    const { default: conformance } = (await import(pathToFileURL(file).href)) as { default: Conformance };
    const project = join(root, action, "project");
    mkdirSync(project, { recursive: true });
    const inputs = await conformance.prepare(project);
    mkdirSync(join(project, ".github", "workflows"), { recursive: true });
    writeFileSync(join(project, ".github", "workflows", "gate.yml"), workflow(action, inputs, conformance.failing));
    // act's own checkout leaves out what git ignores, such as reports that a test run would have written.
    rmSync(join(project, ".gitignore"), { force: true });
    commitAll(project, "a workflow");
    const run = await runAct({
      event: "push",
      payload: { ref: "refs/heads/main", repository: { default_branch: "main" } },
      project,
      library: join(root, "library"),
      scratch: join(root, action, "scratch"),
      caches: join(root, action, "caches"),
      apiUrl: "http://127.0.0.1:9",
    });
    const [, verdict] = conformance.failsWith ?? [1, "fail"];
    const printed = `${run.printed["Fails"]}\n${run.printed["Passes"]}`;
    expect(run.printed["Say"]?.trim(), printed).toBe(`${verdict} / pass / failure`);
    expect([run.results["Fails"], run.results["Passes"], run.exitCode]).toEqual(["failure", "success", 0]);
  });
});
