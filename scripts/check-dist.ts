/** `npm run check:dist`: the committed bundles equal a clean build, byte for byte, in this folder and in another one. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "./build.ts";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Paths below two folders whose bytes differ, or that only one of them has. */
export function differences(one: string, other: string): string[] {
  const names = new Set([...files(one), ...files(other)]);
  return [...names].sort().filter((name) => contentOf(join(one, name)) !== contentOf(join(other, name)));
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}

/** A copy of what git tracks, in a folder of another name and depth. */
function elsewhere(): string {
  const folder = join(mkdtempSync(join(tmpdir(), "forge-dist-")), "another", "place");
  const tracked = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  for (const path of tracked.split("\0"))
    if (/^(actions|packages|scripts|tsconfig|package)/.test(path)) cpSync(join(root, path), join(folder, path));
  cpSync(join(root, "node_modules"), join(folder, "node_modules"), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !/node_modules\/(node|\.bin|@biomejs|emulate)\b/.test(path),
  });
  symlinkSync(join(root, "node_modules", ".bin"), join(folder, "node_modules", ".bin"));
  return folder;
}

/** In a process of its own, because ncc remembers the folder that it was started in. */
function compileThere(folder: string): string {
  execFileSync(process.execPath, ["--eval", 'import("./scripts/build.ts").then(({ compile }) => compile(process.cwd()))'], {
    cwd: folder,
    stdio: "inherit",
  });
  return join(folder, "build", "dist");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const copy = elsewhere();
  const wrong = differences(join(root, "dist"), await compile(root)).map(
    (path) => `dist/${path} is not what a clean build gives: run \`npm run build\` and commit it.`,
  );
  wrong.push(
    ...differences(join(root, "dist"), compileThere(copy)).map((path) => `dist/${path} depends on the folder that it is built in.`),
  );
  rmSync(resolve(copy, "..", ".."), { recursive: true });
  for (const problem of wrong) console.log(problem);
  console.log(wrong.length === 0 ? "ok   dist/ equals a clean build, in two folders" : "FAIL dist/");
  process.exitCode = wrong.length === 0 ? 0 : 1;
}
