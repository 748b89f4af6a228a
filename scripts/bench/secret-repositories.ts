import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const modules = resolve(import.meta.dirname, "..", "..", "node_modules");
const textual = /\.(?:[cm]?[jt]s|json|md|map|ya?ml|txt)$/;

/** Text files of the packages that are installed here: real code of many hands, without anybody's secrets. */
function texts(): string[] {
  return readdirSync(modules, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && textual.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** A folder of about `bytes` bytes of text; the packages again and again under other names. */
export function ensureTree(cache: string, bytes: number): string {
  const folder = join(cache, `secret-tree-${bytes}`);
  if (existsSync(folder)) return folder;
  const fresh = `${folder}.part`;
  rmSync(fresh, { recursive: true, force: true });
  let size = 0;
  for (let copy = 0; size < bytes; copy++) {
    for (const path of texts()) {
      if (size >= bytes) break;
      const target = join(fresh, `copy-${copy}`, path.slice(modules.length + 1));
      mkdirSync(dirname(target), { recursive: true });
      cpSync(path, target);
      size += statSync(path).size;
    }
  }
  git(fresh, "init", "--quiet");
  renameSync(fresh, folder);
  return folder;
}

/** A repository with one commit and ten staged files. */
export function stageTenFiles(folder: string): void {
  git(folder, "init", "--quiet");
  git(folder, "-c", "user.name=Bench", "-c", "user.email=bench@example.invalid", "commit", "--quiet", "--allow-empty", "--message=first");
  for (const path of texts().slice(0, 10)) cpSync(path, join(folder, path.slice(modules.length + 1).replaceAll("/", "-")));
  git(folder, "add", "--all");
}

/** A repository of `commits` commits: files of 4 to 100 kB, of which each commit rewrites twenty lines in three. */
export async function ensureHistory(cache: string, commits: number): Promise<string> {
  const folder = join(cache, `secret-history-${commits}`);
  if (existsSync(folder)) return folder;
  const fresh = `${folder}.part`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  git(fresh, "init", "--quiet", "--initial-branch=main");
  const child = spawn("git", ["fast-import", "--quiet"], { cwd: fresh, stdio: ["pipe", "ignore", "inherit"] });
  for (const piece of stream(commits)) if (!child.stdin.write(piece)) await once(child.stdin, "drain");
  child.stdin.end();
  const [code] = (await once(child, "close")) as [number];
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
  git(fresh, "reset", "--quiet", "--hard");
  renameSync(fresh, folder);
  return folder;
}

/** What fast-import reads. Which lines change is the same in every run. */
function* stream(commits: number): Generator<Buffer> {
  const files = texts()
    .filter((path) => /\.[cm]?[jt]s$/.test(path) && statSync(path).size > 4_000 && statSync(path).size < 100_000)
    .filter((_, index) => index % 2 === 0)
    .map((path) => ({ name: path.slice(modules.length + 1), lines: readFileSync(path, "utf8").split("\n") }));
  let state = 20_261_121;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % limit;
  };
  yield* commit(0, files);
  for (let at = 1; at < commits; at++) {
    const changed = Array.from({ length: 3 }, () => files[below(files.length)]).filter((file) => file !== undefined);
    for (const { lines } of changed) {
      const from = below(lines.length);
      for (let line = from; line < from + 20; line++) lines[line % lines.length] = `// changed in ${at}, ${below(1e9)}`;
    }
    yield* commit(at, [...new Set(changed)]);
  }
}

function* commit(at: number, files: readonly { name: string; lines: readonly string[] }[]): Generator<Buffer> {
  yield Buffer.from(`commit refs/heads/main\ncommitter Bench <bench@example.invalid> ${1_700_000_000 + at} +0000\ndata 1\nc\n`);
  for (const { name, lines } of files) {
    const content = Buffer.from(lines.join("\n"));
    yield Buffer.concat([Buffer.from(`M 100644 inline ${JSON.stringify(name)}\ndata ${content.length}\n`), content, Buffer.from("\n")]);
  }
}

function git(folder: string, ...args: readonly string[]): void {
  execFileSync("git", ["-c", "gc.auto=0", ...args], { cwd: folder, stdio: "ignore" });
}
