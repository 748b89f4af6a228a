import { spawnSync } from "node:child_process";

/** Something the person who releases can mend; printed as one line, exit code 2. */
export class ReleaseRefused extends Error {}

/** git in one repository; argument lists only, never a shell. */
export class Repository {
  readonly folder: string;
  constructor(folder: string) {
    this.folder = folder;
  }

  /** Standard output of a git command that must succeed. */
  git(args: readonly string[], input?: string, environment: Readonly<Record<string, string>> = {}): string {
    const { status, stdout, stderr, error } = this.#spawn(args, input, environment);
    if (error !== undefined) throw new ReleaseRefused(`git could not be started: ${error.message}.`);
    if (status !== 0) throw new ReleaseRefused(`git ${args[0] ?? ""} failed: ${stderr.trim().split("\n").at(-1) ?? ""}`);
    return stdout;
  }

  /** The same, or undefined where git says no. */
  ask(...args: readonly string[]): string | undefined {
    const { status, stdout } = this.#spawn(args);
    return status === 0 ? stdout : undefined;
  }

  #spawn(args: readonly string[], input?: string, environment: Readonly<Record<string, string>> = {}) {
    return spawnSync("git", args, {
      cwd: this.folder,
      encoding: "utf8",
      maxBuffer: 2 ** 28,
      env: { ...process.env, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0", ...environment },
      ...(input === undefined ? {} : { input }),
    });
  }

  head(): string {
    return this.git(["rev-parse", "--verify", "HEAD^{commit}"]).trim();
  }

  /** Every tag with the commit it stands for, peeled; tags of other objects are left out. */
  tags(): Map<string, string> {
    const format = "%(refname:strip=2)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)";
    const found = new Map<string, string>();
    for (const line of this.git(["for-each-ref", `--format=${format}`, "refs/tags"]).split("\n")) {
      const [name = "", type, id = "", peeledType, peeled = ""] = line.split("\0");
      if (type === "commit") found.set(name, id);
      else if (peeledType === "commit") found.set(name, peeled);
    }
    return found;
  }

  /** Names of the tags that HEAD descends from. */
  mergedTags(): Set<string> {
    return new Set(this.git(["for-each-ref", "--format=%(refname:strip=2)", "--merged=HEAD", "refs/tags"]).split("\n").filter(Boolean));
  }

  /** Each path of a commit below the given ones, with the id of its content. */
  contents(commit: string, paths: readonly string[]): Map<string, string> {
    const found = new Map<string, string>();
    if (paths.length === 0) return found;
    for (const entry of this.git(["ls-tree", "-r", "-z", "--full-tree", commit, "--", ...paths]).split("\0")) {
      const [meta = "", path] = entry.split("\t");
      if (path !== undefined) found.set(path, meta.split(" ")[2] ?? "");
    }
    return found;
  }

  /** A file as a commit has it. */
  read(commit: string, path: string): string | undefined {
    return this.ask("cat-file", "blob", `${commit}:${path}`);
  }
}
