import { readFile, realpath, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { codeOf, UserError } from "../frame/errors.ts";
import type { Exec } from "../frame/ports.ts";
import { type Environment, type Git, gitError, isSha, openGit } from "./command.ts";

/** A repository with a working tree. Every command runs at its root. */
export interface Repository {
  readonly git: Git;
  /** Absolute, links resolved. */
  readonly root: string;
  /** The commits that names stand for, `undefined` where there is none (here). One process for all of them. */
  resolve(names: readonly string[]): Promise<(string | undefined)[]>;
  /** The parents that a commit was made with, whether or not they are here. */
  parents(commit: string): Promise<readonly string[]>;
  /** Commits whose parents are not here because the clone is shallow; empty for a full one. Read anew each time. */
  shallowEnds(): Promise<ReadonlySet<string>>;
  /** The best common ancestor of `head` and any of `tips`, as far as the history is here. */
  mergeBase(head: string, tips: readonly string[]): Promise<string | undefined>;
  emptyTree(): Promise<string>;
}

/**
 * The repository that `folder` lies in; `undefined` outside of any, in a bare one and where there is no git. `trustOwner`: also when the
 * files belong to somebody else. Throws a `UserError` with exit code 3 for a repository that git refuses to read.
 */
export async function openRepository(exec: Exec, folder: string, own: Environment, trustOwner: boolean): Promise<Repository | undefined> {
  const top = await findTop(folder);
  if (top === undefined) return undefined;
  const trusted = trustOwner ? top.replaceAll("\\", "/") : undefined;
  const asked = await openGit(exec, folder, own, trusted).run(["rev-parse", "--show-toplevel"]);
  if (asked.exitCode !== 0) {
    if (/not a git repository|must be run in a work tree/.test(asked.stderr)) return undefined;
    throw refusal(top, asked.stderr);
  }
  const root = await realpath(new TextDecoder().decode(asked.stdout).replace(/\r?\n$/, ""));
  return repositoryAt(root, openGit(exec, root, own, trusted));
}

/**
 * `folder` itself as a bare repository, `undefined` where it is none. Without a working tree only what reads commits and contents can be asked.
 * Ask `openRepository` first: a bare repository inside a checkout belongs to whoever made the change, and is not to be read.
 */
export async function openBareRepository(
  exec: Exec,
  folder: string,
  own: Environment,
  trustOwner: boolean,
): Promise<Repository | undefined> {
  if ((await findTop(folder)) !== undefined) return undefined;
  const root = await realpath(folder).catch(() => folder);
  const parts = await Promise.all(["HEAD", "objects", "refs"].map((name) => stat(join(root, name)).catch(() => undefined)));
  if (parts.includes(undefined)) return undefined;
  const git = openGit(exec, root, own, trustOwner ? root.replaceAll("\\", "/") : undefined);
  const asked = await git.run(["rev-parse", "--is-bare-repository"]);
  if (asked.exitCode !== 0 || new TextDecoder().decode(asked.stdout).trim() !== "true") return undefined;
  return repositoryAt(root, git);
}

/** The nearest folder that holds a `.git`, be it a folder or (in worktrees and submodules) a file. */
async function findTop(folder: string): Promise<string | undefined> {
  let at = await realpath(folder).catch(() => folder);
  for (;;) {
    if ((await stat(join(at, ".git")).catch(() => undefined)) !== undefined) return at;
    const parent = dirname(at);
    if (parent === at) return undefined;
    at = parent;
  }
}

function refusal(top: string, stderr: string): UserError {
  if (!stderr.includes("dubious ownership")) return gitError(["rev-parse"], stderr);
  return new UserError(
    `The repository ${top} belongs to another user, and git does not read it for safety. If you trust it: git config --global --add safe.directory ${JSON.stringify(top)}`,
    { exitCode: 3 },
  );
}

function repositoryAt(root: string, git: Git): Repository {
  let shallowFile: string | undefined;
  const parents = new Map<string, readonly string[]>();
  return {
    git,
    root,
    async resolve(names) {
      const input = names.map((name) => `${name}^{commit}\n`).join("");
      const output = await git.text(["cat-file", "--batch-check=%(objectname) %(objecttype)"], { input });
      const lines = output.split("\n");
      return names.map((_, index) => /^([0-9a-f]{40,64}) commit$/.exec(lines[index] ?? "")?.[1]);
    },
    async parents(commit) {
      const known = parents.get(commit);
      if (known !== undefined) return known;
      // Not `commit^@`: in a shallow clone git pretends that the last commits have no parents.
      const text = await git.text(["cat-file", "commit", commit]);
      const header = text.slice(0, text.indexOf("\n\n"));
      const found = [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map((match) => match[1] ?? "").filter(isSha);
      parents.set(commit, found);
      return found;
    },
    async shallowEnds() {
      shallowFile ??= resolve(root, (await git.text(["rev-parse", "--git-path", "shallow"])).trimEnd());
      const text = await readFile(shallowFile, "utf8").catch((error: unknown) => {
        if (codeOf(error) === "ENOENT") return "";
        throw error;
      });
      return new Set(text.split("\n").filter(isSha));
    },
    async mergeBase(head, tips) {
      const result = await git.run(["merge-base", head, ...tips]);
      if (result.exitCode > 1) throw gitError(["merge-base"], result.stderr);
      const found = new TextDecoder().decode(result.stdout).trim();
      return isSha(found) ? found : undefined;
    },
    emptyTree: async () => (await git.text(["hash-object", "-t", "tree", "--stdin"], { input: "" })).trim(),
  };
}
