/**
 * Compares what secret-scan and gitleaks find with one configuration: `node scripts/secret-scan/equality.ts [rounds] [seed] [repository …]`.
 * Each round makes a repository and a configuration (or takes the repositories named), runs both over history and files, and prints what only one of
 * them told as rule, path, line, shown secret and commit. Needs Go, which builds gitleaks once, and the bundle of `node scripts/build.ts`.
 *
 * Told apart on purpose, and left out here: gitleaks tells a secret again for each line it stands on and each commit that touches its line; it looks
 * into no merge commit and no file with `-diff`; a keyword has to stand in the same hunk as the secret.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { redacted } from "../../actions/secret-scan/src/redact.ts";
import { Dice } from "../../test/actions/secret-scan/samples.ts";
import { install } from "../install/gitleaks.ts";

const bundle = join(import.meta.dirname, "..", "..", "dist", "forge", "index.js");
const lower = "abcdefghijklmnopqrstuvwxyz0123456789";
const shapes = [
  { regex: "tok_[a-z0-9]{16}", keyword: "tok_", make: (dice: Dice) => `tok_${dice.text(lower, 16)}` },
  { regex: "(?i)key\\s*=\\s*[\"']?([a-z0-9]{12,20})", keyword: "key", make: (dice: Dice) => `Key = "${dice.text(lower, 14)}"` },
  { regex: "(pass)word:(\\w{8,12})(?:\\s|$)", keyword: "pass", make: (dice: Dice) => `password:${dice.text(lower, 9)}` },
  {
    regex: "\\b((?:AB|CD)[A-Z]{6}\\d{4})\\b",
    keyword: "",
    make: (dice: Dice) => `AB${dice.text("ABCDEFGH", 6)}${dice.text("0123456789", 4)}`,
  },
  { regex: "(?m)^cfg (?P<v>[^\\s#]{6,})", keyword: "cfg", make: (dice: Dice) => `cfg ${dice.text(`${lower}éß`, 8)}` },
  {
    regex: "-{3}BEGIN(?s:.{1,60}?)END-{3}",
    keyword: "begin",
    make: (dice: Dice) => `---BEGIN\n${dice.text(lower, 20)}\n${dice.text(lower, 5)}END---`,
  },
  { regex: "\\n?id=([0-9]+)\\n?", keyword: "id=", make: (dice: Dice) => `id=${dice.text("0123456789", 8)}` },
  {
    regex: "x{1,3}.{0,4}(\\d{3}|[[:alpha:]]{4})?;",
    keyword: "x",
    make: (dice: Dice) => `xx${dice.text("äöü", 2)}${dice.text("0123456789", 3)};`,
  },
];
const filler = [
  "",
  "const a = 1;",
  "# nothing",
  "plain words here",
  "gitleaks is a word",
  "größer als",
  "key",
  "tok_short",
  "TOK_",
  "a\tb",
];
const names = ["a.txt", "src/b.ts", "conf/c.yml", "lib/deep/d.json", "odd näme.md", "e.test.js"];

function quoted(text: string): string {
  return text.includes("'") ? JSON.stringify(text) : `'''${text}'''`;
}

function list(dice: Dice, items: readonly string[]): string {
  const [only = ""] = items;
  return items.length === 1 && !only.includes(",") && dice.below(3) === 0 ? quoted(only) : `[${items.map(quoted).join(", ")}]`;
}

function allowlist(dice: Dice, commits: readonly string[], texts: readonly string[]): string[] {
  const lines: string[] = [];
  const part = (): string => dice.pick(texts).slice(4, 8).replace(/\W/g, "e");
  if (dice.below(3) === 0) lines.push(`regexTarget = "${dice.pick(["match", "line", "secret"])}"`);
  if (dice.below(3) === 0) lines.push(`condition = "${dice.pick(["AND", "OR", "and", "||", "&&"])}"`);
  const choices = [
    () => lines.push(`regexes = ${list(dice, [dice.pick([part(), "^t", "\\d{5}", "^cfg", "(?i)KEY", "e$", "z"])])}`),
    () => lines.push(`paths = ${list(dice, [dice.pick(["\\.ts$", "(?i)^CONF/", "näme", "d\\.json", "test"])])}`),
    () => lines.push(`stopwords = ${list(dice, [part(), dice.pick(["zz9", "Q", "a1"])])}`),
    () => lines.push(`commits = ${list(dice, [dice.pick(commits).toUpperCase()])}`),
  ];
  const first = dice.below(choices.length);
  choices[first]?.();
  if (dice.below(2) === 0) choices[(first + 1) % choices.length]?.();
  return lines;
}

function rule(dice: Dice, index: number): string[] {
  const shape = shapes[index % shapes.length] ?? shapes[0];
  if (shape === undefined) return [];
  const groups = (shape.regex.match(/\((?!\?[:ims])/g) ?? []).length;
  const lines = [
    `id = "${dice.below(5) === 0 ? "my-generic-" : "r"}${index}"`,
    `description = "Rule ${index}"`,
    `regex = ${quoted(shape.regex)}`,
  ];
  if (shape.keyword !== "" && dice.below(4) > 0)
    lines.push(`keywords = ${list(dice, [dice.below(2) === 0 ? shape.keyword.toUpperCase() : shape.keyword])}`);
  if (groups > 0 && dice.below(3) === 0) lines.push(`secretGroup = ${1 + dice.below(groups)}`);
  if (dice.below(3) === 0) lines.push(`entropy = ${dice.pick(["2.5", "3", "3.2", '"2.9"'])}`);
  if (dice.below(4) === 0) lines.push(`path = ${quoted(dice.pick(["\\.ts$", "^(?:src|conf)/", "txt|md", "(?i)JSON"]))}`);
  return lines;
}

function configuration(dice: Dice, commits: readonly string[], texts: readonly string[]): string {
  const out = ['title = "made up"'];
  for (let index = 0; index < shapes.length + 2; index++) {
    if (dice.below(6) === 0) continue;
    const lines = rule(dice, index);
    out.push("[[rules]]", ...lines);
    for (let count = dice.below(3); count > 0; count--) out.push("[[rules.allowlists]]", ...allowlist(dice, commits, texts));
    if (dice.below(8) === 0) out.push("[[rules]]", ...rule(dice, index));
  }
  out.push("[[rules]]", 'id = "r0"', "regex = '''tok_[a-z0-9]{16}'''", "keywords = ['tok_']");
  if (dice.below(3) === 0) out.push("[[rules]]", 'id = "only-path"', `path = '''${dice.pick(["\\.yml$", "deep", "^a"])}'''`);
  for (let count = dice.below(3); count > 0; count--)
    out.push("[[allowlists]]", ...allowlist(dice, commits, texts), ...(dice.below(3) === 0 ? ['targetRules = ["r0"]'] : []));
  return `${out.join("\n")}\n`;
}

function git(folder: string, ...args: readonly string[]): string {
  const identity = ["-c", "user.name=Trial", "-c", "user.email=trial@example.invalid", "-c", "commit.gpgsign=false"];
  return execFileSync("git", [...identity, ...args], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 2 ** 28,
  }).trim();
}

/** Six commits in a row. */
function makeRepository(dice: Dice): { folder: string; texts: string[] } {
  const folder = mkdtempSync(join(tmpdir(), "forge-equality-"));
  const texts: string[] = [];
  const contents = new Map<string, string[]>();
  git(folder, "init", "--quiet", "--initial-branch=main");
  for (let round = 0; round < 6; round++) {
    for (const name of names) {
      if (round > 0 && dice.below(3) > 0) continue;
      const lines = edited(dice, contents.get(name) ?? [], texts);
      contents.set(name, lines);
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), `${lines.join(dice.below(8) === 0 ? "\r\n" : "\n")}\n`);
    }
    git(folder, "add", "--all");
    git(folder, "commit", "--quiet", "--allow-empty", `--message=round ${round}`);
  }
  return { folder, texts };
}

/** A few lines more, some of them instead of others. */
function edited(dice: Dice, before: readonly string[], texts: string[]): string[] {
  const lines = [...before];
  for (let count = 1 + dice.below(4); count > 0; count--) {
    const made = dice.below(2) === 0 ? dice.pick(shapes).make(dice) : dice.pick(filler);
    if (made.length > 8) texts.push(made);
    const line = dice.below(4) === 0 ? `${made} // ${dice.pick(filler)}` : made;
    lines.splice(dice.below(lines.length + 1), dice.below(3) === 0 ? 1 : 0, line);
  }
  return lines;
}

type Told = Map<string, number>;

function add(told: Told, key: string): void {
  told.set(key, (told.get(key) ?? 0) + 1);
}

function ours(folder: string, config: string, scope: string): Told {
  const json = `${config}.json`;
  const args = [
    bundle,
    "run",
    "secret-scan",
    `--scope=${scope}`,
    `--config=${config}`,
    `--json=${json}`,
    "--decode-depth=0",
    "--archive-depth=0",
  ];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  if (status !== 0 && status !== 1) throw new Error(`secret-scan ended with ${status}: ${stderr.slice(0, 500)} (${config})`);
  const { findings } = JSON.parse(readFileSync(json, "utf8")) as { findings: Record<string, string>[] };
  const told: Told = new Map();
  for (const one of findings)
    if (String(one["suppressed"]) !== "true")
      add(told, [one["rule"], one["path"], one["line"], one["redacted"], one["commit"] ?? ""].join(" | "));
  return told;
}

interface Leak {
  RuleID: string;
  File: string;
  StartLine: number;
  Secret: string;
  Commit: string;
}

function theirs(gitleaks: string, folder: string, config: string, scope: string): Told {
  const report = `${config}.gitleaks.json`;
  const args = [
    scope === "history" ? "git" : "dir",
    ".",
    "--config",
    config,
    "--report-format=json",
    "--report-path",
    report,
    "--max-decode-depth=0",
  ];
  const { status, stderr } = spawnSync(gitleaks, [...args, "--no-banner", "--exit-code=0", "--log-level=error"], {
    cwd: folder,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`gitleaks ended with ${status}: ${stderr.slice(0, 500)} (${config})`);
  const leaks = JSON.parse(readFileSync(report, "utf8")) as Leak[];
  const first = new Map<string, Leak>();
  for (const leak of leaks.sort((a, b) => a.StartLine - b.StartLine)) {
    if (leak.File.startsWith(".git/") || stoodBefore(folder, leak)) continue;
    const key = [leak.RuleID, leak.File, leak.Secret, leak.Commit].join("\0");
    if (!first.has(key)) first.set(key, leak);
  }
  const told: Told = new Map();
  for (const leak of first.values())
    add(told, [leak.RuleID, leak.File, Math.max(1, leak.StartLine), redacted(leak.Secret), leak.Commit].join(" | "));
  return told;
}

/** A commit that touches the line of a secret did not bring it. */
function stoodBefore(folder: string, { Commit, File, Secret }: Leak): boolean {
  if (Commit === "") return false;
  const { status, stdout } = spawnSync("git", ["show", `${Commit}^:${File}`], { cwd: folder, encoding: "utf8", maxBuffer: 2 ** 28 });
  return status === 0 && stdout.includes(Secret);
}

const [rounds = "20", seed = "1", ...repositories] = process.argv.slice(2);
const gitleaks = await install();
const sum = { compared: 0, equal: 0, missing: 0, extra: 0 };
for (let round = 0; round < Number(rounds); round++) {
  const dice = new Dice(Number(seed) * 7919 + round * 104_729);
  const named = repositories[round % Math.max(1, repositories.length)];
  const made = makeRepository(dice);
  const folder = named === undefined ? made.folder : resolve(named);
  const commits = git(folder, "rev-list", "--all", "--max-count=50").split("\n");
  const config = join(tmpdir(), `forge-equality-${process.pid}-${round}.toml`);
  writeFileSync(config, configuration(dice, commits, made.texts));
  let different = false;
  for (const scope of ["history", "worktree"]) {
    const [mine, peer] = [ours(folder, config, scope), theirs(gitleaks, folder, config, scope)];
    for (const [key, count] of peer) if ((mine.get(key) ?? 0) < count) tell("missing", scope, key);
    for (const [key, count] of mine) if ((peer.get(key) ?? 0) < count) tell("extra", scope, key);
    for (const [key, count] of peer) sum.equal += Math.min(count, mine.get(key) ?? 0);
    sum.compared++;
  }
  if (different) process.stdout.write(`  kept: ${config} ${folder}\n`);
  else {
    rmSync(made.folder, { recursive: true });
    for (const name of [config, `${config}.json`, `${config}.gitleaks.json`]) rmSync(name, { force: true });
  }

  function tell(kind: "missing" | "extra", scope: string, key: string): void {
    different = true;
    sum[kind]++;
    process.stdout.write(`${kind} (${scope}): ${key}\n`);
  }
}
process.stdout.write(`${JSON.stringify(sum)}\n`);
process.exitCode = sum.missing + sum.extra > 0 ? 1 : 0;
