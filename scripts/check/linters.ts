import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withoutSelfReferences } from "../../packages/cli/self-references.ts";
import { install as installActionlint } from "../install/actionlint.ts";
import { install as installPythonTools } from "../install/python-tools.ts";

export interface Linted {
  readonly problems: readonly string[];
  /** Why a tool did not run. */
  readonly leftOut: readonly string[];
}

export interface Finding {
  readonly rule: string;
  readonly path: string;
  readonly line: number;
  readonly words: string;
}

interface Allowed {
  readonly rule: string;
  readonly path: RegExp;
  readonly why: string;
}

/** What zizmor's auditor persona may find. One that it no longer finds has to go. */
const allowed: readonly Allowed[] = [
  {
    rule: "concurrency-limits",
    path: /^\.github\/workflows\/quality-gate\.yml$/,
    why: "a group inside would be shared by two calls of one repository, and one would cancel the other; callers set theirs",
  },
  {
    rule: "unpinned-uses",
    path: /^examples\/[a-z]+\/\.github\/workflows\/[a-z-]+\.yml$/,
    why: "the commit that org/forge is pinned to is only known once it is published",
  },
];

/** actionlint, with ShellCheck over every `run`, and zizmor as an auditor, over every workflow and composite that we ship. */
export async function lintWorkflows(root: string): Promise<Linted> {
  const parts = [await actionlint(root), await zizmor(root)];
  return { problems: parts.flatMap(({ problems }) => problems), leftOut: parts.flatMap(({ leftOut }) => leftOut) };
}

async function actionlint(root: string): Promise<Linted> {
  const tools = await had(async () => ({
    actionlint: await installActionlint(),
    shellcheck: join(await installPythonTools(), "shellcheck"),
  }));
  if ("why" in tools) return { problems: [], leftOut: [`actionlint: ${tools.why}`] };
  const folder = mkdtempSync(join(tmpdir(), "forge-actionlint-"));
  try {
    const args = ["-no-color", "-pyflakes=", `-shellcheck=${tools.found.shellcheck}`, "-format", "{{json .}}"];
    return { problems: complaints(tools.found.actionlint, [...args, ...copyWorkflows(root, folder)], folder), leftOut: [] };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Copies without `$/`, which actionlint does not know, into one folder; gives their names. */
function copyWorkflows(root: string, folder: string): string[] {
  const folders = [".github/workflows", ...readdirSync(join(root, "examples")).map((name) => `examples/${name}/.github/workflows`)];
  return folders.flatMap((from) =>
    yamlFiles(join(root, from)).map((name) => {
      const path = `${from}/${name}`;
      mkdirSync(join(folder, from), { recursive: true });
      writeFileSync(join(folder, path), withoutSelfReferences(readFileSync(join(root, path), "utf8"), "org/forge@v1"));
      return path;
    }),
  );
}

function yamlFiles(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  } catch {
    return [];
  }
}

function complaints(program: string, args: readonly string[], cwd: string): string[] {
  const found = JSON.parse(answer(program, args, cwd)) as readonly { filepath: string; line: number; kind: string; message: string }[];
  return found.map(({ filepath, line, kind, message }) => `${filepath}:${line}: actionlint, ${kind}: ${message}`);
}

async function zizmor(root: string): Promise<Linted> {
  const tools = await had(installPythonTools);
  if ("why" in tools) return { problems: [], leftOut: [`zizmor: ${tools.why}`] };
  const args = ["--offline", "--no-progress", "--quiet", "--no-exit-codes", "--persona", "auditor", "--format", "json"];
  const output = answer(join(tools.found, "zizmor"), [...args, ".github/workflows", "composite", "actions", "examples"], root);
  return { problems: judged(readFindings(output)), leftOut: [] };
}

/** What a linter prints. It ends with 1 where it has found something; anything else is a failure of its own. */
function answer(program: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (status === 0 || status === 1) return stdout;
  throw new Error(`${program} failed (${status ?? error?.message}):\n${stderr.trimEnd()}`);
}

interface Raw {
  readonly ident: string;
  readonly desc: string;
  readonly locations: readonly {
    readonly symbolic: { readonly key: { readonly Local?: { readonly verbatim_path: string } }; readonly kind: string };
    readonly concrete: { readonly location: { readonly start_point: { readonly row: number } } };
  }[];
}

function readFindings(json: string): Finding[] {
  return (JSON.parse(json) as readonly Raw[]).map(({ ident, desc, locations }) => {
    const place = locations.find(({ symbolic }) => symbolic.kind === "Primary") ?? locations[0];
    const path = place?.symbolic.key.Local?.verbatim_path ?? "";
    return { rule: ident, path, line: (place?.concrete.location.start_point.row ?? 0) + 1, words: desc };
  });
}

/** What is not allowed, and what is allowed for nothing. */
export function judged(findings: readonly Finding[], list: readonly Allowed[] = allowed): string[] {
  const covers = ({ rule, path }: Allowed, finding: Finding): boolean => rule === finding.rule && path.test(finding.path);
  const bad = findings.filter((finding) => !list.some((one) => covers(one, finding)));
  const idle = list.filter((one) => !findings.some((finding) => covers(one, finding)));
  return [
    ...bad.map(({ rule, path, line, words }) => `${path}:${line}: zizmor, ${rule}: ${words}`),
    ...idle.map(
      ({ rule, path, why }) =>
        `scripts/check/linters.ts allows ${rule} in ${path.source} (${why}), and zizmor no longer finds it: remove that.`,
    ),
  ];
}

/** What cannot be had is told and not thrown: a laptop may be offline. */
async function had<T>(install: () => Promise<T>): Promise<{ found: T } | { why: string }> {
  try {
    return { found: await install() };
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) };
  }
}
