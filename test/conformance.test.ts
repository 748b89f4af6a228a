/** Holds every built bundle in `actions/` to the frame, so that actions cannot drift apart. There is no list: the folders are the list. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Ajv } from "ajv";
import { afterAll, describe, expect, it } from "vitest";
import type { InputSpec, Manifest } from "../packages/frame/manifest.ts";
import { installNode, otherNodes } from "../scripts/install/node.ts";
import { type BundleInput, type BundleRun, cleanUp, root, runBundle, runForge, temporaryFolder } from "./bundles/harness.ts";
import { hostileStrings } from "./fixtures/hostile.ts";

/** What an action's `test/actions/<name>/conformance.ts` offers: a workspace in which it passes, and how. */
interface Conformance {
  /** Makes a workspace in `folder`; gives the inputs with which the action passes there. */
  prepare(folder: string): Promise<Readonly<Record<string, string>>> | Readonly<Record<string, string>>;
  /** An input value that makes it fail there. */
  readonly failing: Readonly<Record<string, string>>;
  /** How that ends, where it is not 1 and `fail`: some actions have nothing to fail, and say `unknown`. */
  readonly failsWith?: readonly [exitCode: 1 | 3, verdict: string];
  /** What those inputs name and a run may therefore reach or start, beside git: `socket 127.0.0.1:80`, `program helm`. */
  readonly named?: readonly RegExp[];
}

const names = readdirSync(join(root, "actions")).sort();
afterAll(cleanUp);

async function load(name: string): Promise<{ manifest: Manifest; conformance: Conformance; schema: object }> {
  const manifest = (await import(pathToFileURL(join(root, "actions", name, "src", "manifest.ts")).href)) as { default: Manifest };
  const conformance = (await import(pathToFileURL(join(root, "test", "actions", name, "conformance.ts")).href)) as { default: Conformance };
  const schema = JSON.parse(readFileSync(join(root, "actions", name, "report.schema.json"), "utf8")) as object;
  return { manifest: manifest.default, conformance: conformance.default, schema };
}

/** A value that no input of this type can take; free texts take a control character for one. */
const badValues: Readonly<Record<InputSpec["type"], string>> = {
  string: "bell\u0007",
  boolean: "maybe",
  integer: "one and a half",
  number: "much",
  percent: "a lot",
  duration: "soon",
  bytes: "heavy",
  enum: "none of these",
  list: "bell\u0007",
  yaml: "- [",
  path: "bell\u0007",
  secret: "",
};

/** What an environment variable can hold: no NUL, and less than a Linux process may be given. */
function asVariable(text: string): string {
  return text.replaceAll("\0", "").slice(0, 100_000);
}

/** What every run of every action owes, whatever it was given. */
function expectWellBehaved(run: BundleRun, manifest: Manifest): void {
  expect([0, 1, 2, 3], `${run.stdout}${run.stderr}`).toContain(run.exitCode);
  expect(run.log).not.toContain("This is a bug");
  expect(Object.keys(run.outputs).sort()).toEqual(Object.keys(manifest.outputs).sort());
  const allowed = new Set(["error", "warning", "notice", "add-mask", "debug"]);
  expect(run.commands.filter(({ name }) => !allowed.has(name))).toEqual([]);
  expect(run.outputs["summary"]).not.toBe("");
}

describe.concurrent.each(names)("%s", async (name) => {
  const { manifest, conformance, schema } = await load(name);
  const validate = new Ajv({ strict: false }).compile(schema);
  const fails = conformance.failsWith ?? ([1, "fail"] as const);

  async function play(given: Partial<BundleInput> & { readonly with?: Readonly<Record<string, string>> } = {}): Promise<BundleRun> {
    const workspace = given.workspace ?? temporaryFolder();
    const inputs = given.workspace === undefined ? await conformance.prepare(workspace) : {};
    return runBundle(name, { workspace, ...given, inputs: { ...inputs, ...given.inputs, ...given.with } });
  }

  it("passes in its own workspace, writes what it declares, and a report that its schema knows", async () => {
    const run = await play();
    expectWellBehaved(run, manifest);
    expect([run.exitCode, run.outputs["verdict"]], run.log).toEqual([0, "pass"]);
    expect(validate(run.report), JSON.stringify(validate.errors)).toBe(true);
    expect(run.report?.outputs).toEqual(run.outputs);
    expect(run.summary).toContain(run.outputs["summary"]?.slice(0, 20));
  });

  it("has defaults for everything: alone in an empty folder it says what is missing", async () => {
    const run = await play({ workspace: temporaryFolder() });
    expectWellBehaved(run, manifest);
    expect([2, 3]).toContain(run.exitCode);
    expect(run.outputs["verdict"]).toBe("unknown");
    expect(validate(run.report), JSON.stringify(validate.errors)).toBe(true);
  });

  it("names every bad input in one run and exits with 2, enforced or not", async () => {
    const typed = Object.entries(manifest.inputs).filter(([, { type }]) => type !== "secret");
    const inputs = Object.fromEntries(typed.map(([input, { type }]) => [input, badValues[type]]));
    const run = await play({ with: inputs });
    expectWellBehaved(run, manifest);
    expect(run.exitCode).toBe(2);
    for (const [input] of typed) expect(run.outputs["summary"]).toMatch(new RegExp(`(^|[ :])${input}[:,]`));
    expect((await play({ with: { ...inputs, enforce: "false" } })).exitCode).toBe(2);
  });

  it("fails with 1, and not enforced with 0 while saying what would fail", async () => {
    const enforced = await play({ with: conformance.failing });
    expect([enforced.exitCode, enforced.outputs["verdict"]], enforced.log).toEqual(fails);
    const free = await play({ with: { ...conformance.failing, enforce: "false" } });
    expect([free.exitCode, free.outputs["verdict"]]).toEqual([0, fails[1]]);
    expect(free.log).toMatch(/not enforced/i);
  });

  it("gives the same verdict by `forge run`", async () => {
    for (const extra of [{}, conformance.failing]) {
      const workspace = temporaryFolder();
      const inputs = { ...(await conformance.prepare(workspace)), ...extra };
      const byRunner = await runBundle(name, { workspace, inputs });
      const flags = Object.entries(inputs).map(([input, value]) => `--${input}=${value}`);
      const byHand = await runForge(["run", name, ...flags, "--json"], workspace);
      expect(byHand.exitCode, byHand.stderr).toBe(byRunner.exitCode);
      const report = JSON.parse(byHand.stdout) as BundleRun["report"];
      expect([report?.verdict, report?.rules]).toEqual([byRunner.report?.verdict, byRunner.report?.rules]);
    }
  });

  it("needs no API: a read-only token and an unreachable server change no verdict", async () => {
    const event = {
      number: 7,
      pull_request: {
        number: 7,
        head: { sha: "b".repeat(40), repo: { full_name: "fork/app" } },
        base: { sha: "c".repeat(40), ref: "main", repo: { full_name: "octo/app" } },
      },
    };
    const comment = "comment" in manifest.inputs ? { comment: "true" } : {};
    const run = await play({ eventName: "pull_request", event, with: { token: "ghs_read_only_0123456789", ...comment } });
    expectWellBehaved(run, manifest);
    expect([0, 1, 3]).toContain(run.exitCode);
    expect(run.stdout + run.stderr).not.toMatch(/(?<!add-mask::)ghs_read_only_0123456789/);
  });

  it.each(Object.keys(manifest.inputs))("survives hostile text in %s", async (input) => {
    const index = Object.keys(manifest.inputs).indexOf(input);
    const hostile = hostileStrings[(index * 7) % hostileStrings.length];
    const run = await play({ with: { [input]: asVariable(hostile?.text ?? "") } });
    expectWellBehaved(run, manifest);
  });

  it("survives every hostile text in its free inputs at once", async () => {
    const free = Object.entries(manifest.inputs).filter(([, { type }]) => ["string", "list", "yaml"].includes(type));
    const survives = async ({ text, name: which }: (typeof hostileStrings)[number]): Promise<void> => {
      const value = asVariable(text);
      const run = await play({ with: Object.fromEntries(free.map(([input]) => [input, value])) });
      expectWellBehaved(run, manifest);
      expect(run.exitCode, which).not.toBeNull();
    };
    for (let at = 0; at < hostileStrings.length; at += 4) await Promise.all(hostileStrings.slice(at, at + 4).map(survives));
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
  ] as const)("ends on %s as %i without a verdict", async (signal, code) => {
    const run = await play({ env: { TEST_SIGNAL: signal }, nodeArgs: ["--import", join(root, "test", "bundles", "wait-for-signal.mjs")] });
    expect(run.exitCode).toBe(code);
    expect(run.outputs["verdict"]).toBeUndefined();
  });

  it("opens no socket without a token, and starts nothing but git and what its inputs name", async () => {
    const seen = join(temporaryFolder(), "world");
    const env = { TEST_WORLD_FILE: seen, ACTIONS_RUNTIME_TOKEN: undefined, ACTIONS_RESULTS_URL: undefined };
    const run = await play({ env, nodeArgs: ["--import", join(root, "test", "bundles", "watch-world.mjs")] });
    expect(run.exitCode, run.log).toBe(0);
    const touched = existsSync(seen) ? readFileSync(seen, "utf8").trim().split("\n") : [];
    const allowed = [/^program git$/, ...(conformance.named ?? [])];
    expect(touched.filter((one) => !allowed.some((pattern) => pattern.test(one)))).toEqual([]);
  });

  it("holds no import that could not be resolved", () => {
    const bundles = readdirSync(join(root, "dist"), { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".js"));
    expect(bundles.length).toBeGreaterThan(2);
    for (const path of bundles)
      expect(readFileSync(join(root, "dist", path), "utf8").replaceAll('eval("require")("supports-color")', "")).not.toContain(
        'eval("require")',
      );
    expect(existsSync(join(root, "dist", name, "licenses.txt"))).toBe(true);
  });

  it.each(otherNodes)("runs on Node %s", async (version) => {
    const node = await installNode(version);
    expect(execFileSync(node, ["--version"], { encoding: "utf8" }).trim()).toBe(`v${version}`);
    expect((await play({ node })).exitCode).toBe(0);
    expect((await play({ node, with: conformance.failing })).exitCode).toBe(fails[0]);
  });

  it("runs where code generation from strings is forbidden", async () => {
    expect((await play({ nodeArgs: ["--disallow-code-generation-from-strings"] })).exitCode).toBe(0);
  });
});
