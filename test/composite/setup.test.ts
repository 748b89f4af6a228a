import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, expect, it } from "vitest";
import { parse } from "yaml";

const root = resolve(import.meta.dirname, "..", "..");
const action = parse(readFileSync(join(root, "composite", "setup", "action.yml"), "utf8")) as { runs: { steps: { run?: string }[] } };
const script = action.runs.steps[0]?.run ?? "";
const folder = mkdtempSync(join(tmpdir(), "forge-setup-"));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;

/** What the first step tells the others for a repository with these files. */
function look(files: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}): Record<string, string> {
  const home = join(folder, `${count++}`);
  const output = join(folder, `output-${count}`);
  mkdirSync(home);
  writeFileSync(output, "");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  }
  const none = { NODE_VERSION: "", PYTHON_VERSION: "", GO_VERSION: "", JAVA_VERSION: "", DIRECTORY: "." };
  execFileSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
    cwd: home,
    env: { PATH: process.env["PATH"], ...none, GITHUB_OUTPUT: output, ...env },
  });
  const lines = readFileSync(output, "utf8").trim().split("\n");
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]).filter(([, value]) => value !== ""),
  );
}

it.each([
  ["nothing", {}, {}],
  [
    "npm with a version file",
    { "package.json": "{}", ".nvmrc": "22\n", "package-lock.json": "{}" },
    { languages: "node", "node-file": "./.nvmrc", "node-cache": "npm", "node-lock": "./package-lock.json" },
  ],
  [
    "engines in package.json",
    { "package.json": '{ "engines": { "node": ">=20" } }' },
    { languages: "node", "node-file": "./package.json" },
  ],
  ["Node without any wish", { "package.json": "{}", "yarn.lock": "" }, { languages: "node", "node-version": "24" }],
  [
    "Python",
    { "pyproject.toml": 'requires-python = ">=3.11"\n', "requirements.txt": "" },
    { languages: "python", "python-file": "./pyproject.toml", "python-cache": "pip", "python-lock": "./requirements.txt" },
  ],
  ["Go", { "go.mod": "module x\n", "go.sum": "" }, { languages: "go", "go-file": "./go.mod", "go-lock": "./go.sum" }],
  ["Gradle", { "build.gradle.kts": "" }, { languages: "jvm", "java-version": "21", "java-cache": "gradle" }],
  [
    "several",
    { "package.json": "{}", "go.mod": "module x\n", "pom.xml": "" },
    {
      languages: "node go jvm",
      "node-version": "24",
      "go-file": "./go.mod",
      "go-lock": "./go.mod",
      "java-version": "21",
      "java-cache": "maven",
    },
  ],
])("finds %s", (_, files, told) => {
  expect(look(files as Record<string, string>)).toEqual(told);
});

it("takes a version that is given before one that is found, and looks where it is told", () => {
  expect(look({ "web app/package.json": "{}", "web app/.nvmrc": "20\n" }, { NODE_VERSION: "22", DIRECTORY: "web app" })).toEqual({
    languages: "node",
    "node-version": "22",
  });
});
