/**
 * The same configuration, gitleaks 8.30's own, by gitleaks and by ours: `node scripts/secret-scan/equality.ts [folder …]`. Prints what gitleaks finds and we
 * do not (rule, file and secret; in repositories also the commit), and exits with 1 where there is any. Without folders: gitleaks's own sources, this
 * repository's node_modules, and this repository's history.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { install } from "../install/gitleaks.ts";

interface Theirs {
  readonly RuleID: string;
  readonly File: string;
  readonly Secret: string;
  readonly StartLine: number;
  readonly Commit: string;
}

interface Ours {
  readonly rule: string;
  readonly path: string;
  readonly redacted: string;
  readonly line: number;
  readonly commit?: string;
  readonly suppressed: boolean;
}

const root = join(import.meta.dirname, "..", "..");
const forge = join(root, "dist", "forge", "index.js");
const gitleaks = await install();
const sources = join(
  execFileSync("go", ["env", "GOMODCACHE"], { encoding: "utf8" }).trim(),
  "github.com",
  "zricethezav",
  "gitleaks",
  "v8@v8.30.0",
);
const config = join(sources, "config", "gitleaks.toml");

function scanned(folder: string, scope: "worktree" | "history"): { theirs: Theirs[]; ours: Ours[] } {
  const report = join(mkdtempSync(join(tmpdir(), "forge-equality-")), "report.json");
  const how = [
    "--config",
    config,
    "--max-decode-depth=0",
    "--no-banner",
    "--log-level=fatal",
    "--report-format=json",
    `--report-path=${report}`,
  ];
  spawnSync(gitleaks, [scope === "worktree" ? "dir" : "git", folder, ...how], { cwd: folder });
  const theirs = JSON.parse(readFileSync(report, "utf8")) as Theirs[];
  rmSync(join(report, ".."), { recursive: true });
  const flags = ["--scope", scope, "--config", config, "--decode-depth", "0", "--archive-depth", "0", "--json"];
  const { stdout } = spawnSync(process.execPath, [forge, "run", "secret-scan", ...flags], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  const { findings } = JSON.parse(stdout) as { readonly findings: Ours[] };
  return { theirs, ours: findings.filter(({ suppressed }) => !suppressed) };
}

/** Ours tells the ends of a secret alone. A file name that holds a secret is told as `***`. */
function isSame(our: Ours, their: Theirs, folder: string): boolean {
  const [head = "", tail = ""] = our.redacted.split("…");
  const file = their.File.startsWith("/") ? relative(folder, their.File) : their.File;
  const path = our.path === file || (our.path.includes("***") && our.line === their.StartLine);
  return our.rule === their.RuleID && path && their.Secret.startsWith(head) && their.Secret.endsWith(tail);
}

function compare(folder: string, scope: "worktree" | "history"): boolean {
  const { theirs, ours } = scanned(folder, scope);
  const missing = theirs.filter((their) => !ours.some((our) => isSame(our, their, folder)));
  const moved = theirs.filter((their) => their.Commit && !ours.some((our) => isSame(our, their, folder) && our.commit === their.Commit));
  const extra = ours.filter((our) => !theirs.some((their) => isSame(our, their, folder)));
  const commits = scope === "history" ? `, ${moved.length - missing.length} in a commit that only touched the line again` : "";
  console.log(`${folder} (${scope}): gitleaks ${theirs.length}, missing ${missing.length}, ours alone ${extra.length}${commits}`);
  for (const { RuleID, File, StartLine } of missing.slice(0, 20)) console.log(`  missing: ${RuleID} ${File}:${StartLine}`);
  for (const { rule, path, line } of extra.slice(0, 20)) console.log(`  ours alone: ${rule} ${path}:${line}`);
  return missing.length === 0;
}

/** Without the ignore file, which holds commits and so means something else in each mode. */
function copied(folder: string): string {
  const copy = join(mkdtempSync(join(tmpdir(), "forge-equality-")), "tree");
  cpSync(folder, copy, { recursive: true, filter: (path) => !path.endsWith(".gitleaksignore") });
  return copy;
}

const folders = process.argv.slice(2);
let equal = true;
for (const folder of folders.length > 0 ? folders : [sources, join(root, "node_modules"), root]) {
  if (existsSync(join(folder, ".git"))) equal = compare(folder, "history") && equal;
  else {
    const copy = copied(folder);
    equal = compare(copy, "worktree") && equal;
    rmSync(join(copy, ".."), { recursive: true, force: true });
  }
}
process.exitCode = equal ? 0 : 1;
