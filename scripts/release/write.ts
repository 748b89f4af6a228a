import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withEntry } from "./note.ts";
import { libraryName, type Release } from "./plan.ts";
import type { Repository } from "./repository.ts";
import { unitsAt } from "./shipped.ts";
import { exactTags, releasesOf, type Tags } from "./tags.ts";
import { compareVersions, exactVersion } from "./version.ts";

/** Files of the release commit that differ from HEAD: versions, changelogs and the index. */
export function releaseFiles(repository: Repository, releases: readonly Release[]): Map<string, string> {
  const files = new Map<string, string>();
  const put = (path: string, text: string): void => {
    if (repository.read("HEAD", path) !== text) files.set(path, text);
  };
  for (const release of releases) {
    const home = release.action === libraryName ? "" : `actions/${release.action}/`;
    const changelog = `${home}CHANGELOG.md`;
    put(changelog, withEntry(repository.read("HEAD", changelog), release));
    for (const name of home === "" ? ["package.json", "package-lock.json"] : ["package.json"]) {
      const text = repository.read("HEAD", `${home}${name}`);
      if (text !== undefined) put(`${home}${name}`, withVersion(text, release.to));
    }
  }
  const index = repository.read("HEAD", "action-index.md");
  if (index !== undefined) put("action-index.md", releases.reduce(indexWith, index));
  return files;
}

/** Only the version changes: the rest of the file keeps its form. A lock file states it twice, at its top. */
function withVersion(text: string, version: string): string {
  const { version: old } = JSON.parse(text) as { version?: string };
  const stated = `"version": ${JSON.stringify(old)}`;
  const at = text.indexOf('\n  "packages": {');
  const again = at === -1 ? -1 : text.indexOf(stated, at);
  const once = text.replace(stated, `"version": "${version}"`);
  if (again === -1 || !text.startsWith('{\n  "name"') || !text.includes('"lockfileVersion"')) return once;
  const second = once.indexOf(stated, once.indexOf('\n  "packages": {'));
  return second === -1 ? once : `${once.slice(0, second)}"version": "${version}"${once.slice(second + stated.length)}`;
}

/** The index names each action's version in a cell of its own. */
function indexWith(index: string, { action, to }: Release): string {
  const row = new RegExp(`^(\\| \\[${action}\\]\\(.*\\| )\\d+\\.\\d+\\.\\d+( \\|)`, "m");
  return index.replace(row, `$1${to}$2`);
}

/** The commit that states the new versions, made beside the working tree; HEAD itself where nothing has to be stated. */
export function releaseCommit(repository: Repository, releases: readonly Release[], files: ReadonlyMap<string, string>): string {
  const head = repository.head();
  if (files.size === 0) return head;
  const scratch = mkdtempSync(join(tmpdir(), "forge-release-"));
  const index = { GIT_INDEX_FILE: join(scratch, "index") };
  try {
    repository.git(["read-tree", "HEAD"], undefined, index);
    for (const [path, text] of files) {
      const id = repository.git(["hash-object", "-w", "--stdin"], text).trim();
      repository.git(["update-index", "--add", "--cacheinfo", `100644,${id},${path}`], undefined, index);
    }
    const tree = repository.git(["write-tree"], undefined, index).trim();
    const subject = `chore(release): ${releases.map(({ action, to }) => `${action} ${to}`).join(", ")}\n`;
    return repository.git(["commit-tree", tree, "-p", head, "-F", "-"], subject, identity(repository)).trim();
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Whoever git is set up for; on a runner that is nobody, so the workflow's own bot. */
function identity(repository: Repository): Record<string, string> {
  if (repository.ask("var", "GIT_COMMITTER_IDENT") !== undefined && repository.ask("var", "GIT_AUTHOR_IDENT") !== undefined) return {};
  const [name, email] = ["github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com"];
  return { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email };
}

/** Where each moving tag has to point once `releases` are made at `commit`; only those that do not point there yet. */
export function movingTags(repository: Repository, tags: Tags, releases: readonly Release[], commit: string): Map<string, string> {
  const actions = unitsAt(repository, "HEAD").filter(({ kind }) => kind === "action");
  const moves = new Map<string, string>();
  for (const name of [libraryName, ...actions.map((unit) => unit.name)]) {
    const prefix = name === libraryName ? "" : `${name}/`;
    const stated = (at: string): string | undefined => statedIn(repository, at, name);
    const exact = name === libraryName ? exactTags(tags, "") : releasesOf(tags, name, stated);
    const made = releases
      .filter(({ action }) => action === name)
      .flatMap(({ tag, to }) => ({ name: tag, version: exactVersion(`v${to}`), commit }));
    const newest = new Map<number, string>();
    const known = [...exact, ...made].flatMap(({ version, commit: at }) => (version === undefined ? [] : [{ version, at }]));
    for (const { version, at } of known.sort((a, b) => compareVersions(a.version, b.version))) newest.set(version.major, at);
    for (const [major, at] of newest) if (tags.all.get(`${prefix}v${major}`) !== at) moves.set(`${prefix}v${major}`, at);
  }
  return moves;
}

function statedIn(repository: Repository, commit: string, action: string): string | undefined {
  const text = repository.read(commit, `actions/${action}/package.json`);
  return text === undefined ? undefined : (JSON.parse(text) as { version?: string }).version;
}

/** One transaction for the branch, the exact tags and the moving ones: all of them change, or none does. */
export function writeReferences(
  repository: Repository,
  commit: string,
  exact: readonly string[],
  moving: ReadonlyMap<string, string>,
): void {
  const head = repository.head();
  const lines = [
    ...(commit === head ? [] : [`update HEAD ${commit} ${head}`]),
    ...exact.map((tag) => `create refs/tags/${tag} ${commit}`),
    ...[...moving].map(([tag, at]) => `update refs/tags/${tag} ${at}`),
  ];
  if (lines.length > 0) repository.git(["update-ref", "--stdin"], `${["start", ...lines, "prepare", "commit"].join("\n")}\n`);
}
