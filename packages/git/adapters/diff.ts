import { openUnifiedDiff } from "../../diff/unified.ts";
import { UserError } from "../../frame/errors.ts";
import type { Event } from "../../frame/event.ts";
import type { Change, ChangedFile, Diff, Exec, Log } from "../../frame/ports.ts";
import { type Basis, findBasis, mergedPullRequest, type Situation } from "../base.ts";
import { type Environment, gitError, isSha } from "../command.ts";
import { type Fetcher, openFetcher } from "../fetch.ts";
import { openHistory } from "../history.ts";
import { mapToOld } from "../line-map.ts";
import { openRepository, type Repository } from "../repository.ts";
import { withUntracked } from "../untracked.ts";

export interface DiffOptions {
  readonly exec: Exec;
  readonly event: Event;
  /** Absolute; anywhere inside the repository. */
  readonly workingDirectory: string;
  /** For fetching what a shallow checkout lacks. */
  readonly token: string | undefined;
  readonly log: Log;
  /** A laptop: the working tree is judged, nothing is fetched, and repositories of other users are not read. */
  readonly terminal: boolean;
}

/** What every method works with, found once. */
interface Open extends Situation {
  readonly fetcher: Fetcher;
}

/**
 * The `Diff` port over the git of this machine (2.31 or newer). What a change is compared with stands at `findBasis`.
 *
 * Names that are not UTF-8 have U+FFFD for what cannot be read. Files that git or an attribute calls binary still have their lines; submodules
 * have none. Renames are files that are at least half alike; beyond a million pairs only those that are wholly alike are found.
 */
export function openDiff(given: DiffOptions): Diff {
  const options = { ...given, token: given.token || undefined };
  const { exec, workingDirectory, terminal } = options;
  const repository = once(() => openRepository(exec, workingDirectory, process.env, !terminal));
  const open = once(async () => openSituation(options, await required(repository(), workingDirectory)));
  const merge = once(async () => mergedPullRequest(await open()));
  const changes = new Map<string, Promise<Change>>();
  const change = (base = ""): Promise<Change> => {
    const known = changes.get(base);
    if (known !== undefined) return known;
    const found = open().then((situation) => findChange(options, situation, base));
    changes.set(base, found);
    return found;
  };
  const lineMaps = new Map<string, Promise<LineMaps>>();
  return {
    root: async () => (await repository())?.root,
    paths: async () => listPaths(await required(repository(), workingDirectory), terminal),
    change,
    async toHead(path, line) {
      const parents = await merge();
      if (parents === undefined) return line;
      const known = await [...changes.values()].at(0);
      const limits = known?.files.some((file) => file.path === path) === true ? known.files.map((file) => file.path) : [];
      const key = limits.length > 0 ? "change" : "all";
      const maps = lineMaps.get(key) ?? open().then((situation) => mapLines(situation, parents.head, limits));
      lineMaps.set(key, maps);
      const map = (await maps).get(path);
      return map === undefined ? line : map(line);
    },
    ancestors: async (commit, limit) => ancestors(options, await open(), commit, limit),
    show: async (commit, path) => show(await open(), commit, path),
    names: async (commit, folder) => names(await open(), commit, folder),
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

async function required(repository: Promise<Repository | undefined>, folder: string): Promise<Repository> {
  const found = await repository;
  if (found !== undefined) return found;
  throw new UserError(`${folder} is not inside a git repository, so there is no change to look at: check the repository out first.`, {
    exitCode: 3,
  });
}

async function openSituation({ event, token, log, terminal }: DiffOptions, repository: Repository): Promise<Open> {
  const fetcher = openFetcher({ repository, event, token, log, allowed: !terminal });
  const [head] = await repository.resolve(["HEAD"]);
  if (head === undefined) {
    throw new UserError(`The repository ${repository.root} has no commit yet, so there is nothing to compare with.`, { exitCode: 3 });
  }
  const history = openHistory({ repository, fetcher, log, advice: advice(event, terminal, token) });
  return { repository, fetcher, history, event, head };
}

function advice(event: Event, terminal: boolean, token: string | undefined): string {
  if (terminal) return "Get the whole history first: `git fetch --unshallow`, or `git fetch origin` in a full clone.";
  const enough = event.pullRequest === undefined ? "" : " (`fetch-depth: 2` is enough for a pull request's merge commit)";
  return `Check out with \`fetch-depth: 0\`${enough}${token === undefined ? ", or give `token`" : ""}.`;
}

async function findChange({ log, terminal }: DiffOptions, situation: Open, given: string): Promise<Change> {
  const basis = await findBasis(situation, given);
  log.debug(`Comparing with ${basis.base}: ${basis.rule}.`);
  if (!terminal && basis.base === basis.head) return { ...basis, files: [] };
  const env = await situation.fetcher.lazyEnvironment();
  const files = terminal
    ? await withUntracked(situation.repository, log, (index) => changedFiles(situation.repository, [basis.base], { ...env, ...index }))
    : await changedFiles(situation.repository, [basis.base, basis.head], env);
  return { base: basis.base, head: basis.head, rule: rule(basis, terminal), files };
}

function rule({ rule: text }: Basis, terminal: boolean): string {
  return terminal && !text.endsWith("working tree") ? `${text}, against the working tree` : text;
}

/**
 * Every setting of git that changes a diff is set here, because a user's or the pull request's own must not. `--text`, because attributes
 * (`*.ts -diff`) and a NUL byte in a comment would otherwise hide lines from every gate.
 */
const diffFlags = [
  "--unified=0",
  "--inter-hunk-context=0",
  "--text",
  "--no-color",
  "--no-ext-diff",
  "--no-textconv",
  "--no-relative",
  "--diff-algorithm=myers",
  "--indent-heuristic",
  "--src-prefix=a/",
  "--dst-prefix=b/",
  "--submodule=short",
  "--ignore-submodules=dirty",
  "-O/dev/null",
] as const;

async function changedFiles(
  { git }: Repository,
  sides: readonly string[],
  env: Environment,
  flags: readonly string[] = ["--find-renames=50%", "-l1000"],
  paths: readonly string[] = [],
): Promise<ChangedFile[]> {
  const reader = openUnifiedDiff("The output of git diff");
  const args = ["diff", ...diffFlags, ...flags, "--end-of-options", ...sides, "--", ...paths];
  const result = await git.run(args, { env: { ...env }, output: (piece) => reader.push(piece) });
  if (result.exitCode !== 0) throw gitError(args, result.stderr);
  reader.push(result.stdout);
  return reader.end();
}

type LineMaps = ReadonlyMap<string, (line: number) => number | undefined>;

/** Command lines have limits; with more than this git looks at all files, which costs time and nothing else. */
const mostArguments = 20_000;

/** From the lines of the merge commit to those of the pull request's head: what differs between the two came from the base. */
async function mapLines({ repository, history, fetcher, head }: Open, pullHead: string, limits: readonly string[]): Promise<LineMaps> {
  const from = await history.require(pullHead, "The pull request's head");
  const length = limits.reduce((sum, path) => sum + path.length + 1, 0);
  const paths = length <= mostArguments ? limits : [];
  const files = await changedFiles(repository, [from, head], await fetcher.lazyEnvironment(), ["--no-renames"], paths);
  return new Map(files.map(({ path, added, removed }) => [path, mapToOld(added, removed)]));
}

/** A submodule in the lists of the index (where a letter comes first) and of a tree. */
const gitlink = /^(?:[A-Za-z] )?160000 /;

async function listPaths({ git }: Repository, terminal: boolean): Promise<string[]> {
  const args = terminal
    ? ["ls-files", "-z", "-t", "--stage", "--cached", "--others", "--deleted", "--exclude-standard"]
    : ["ls-tree", "-r", "-z", "--full-tree", "HEAD"];
  const lines = (await git.text(args)).split("\0");
  const paths = new Set<string>();
  const deleted: string[] = [];
  for (const line of lines) {
    const tab = line.indexOf("\t");
    // `? name` for what is not tracked; a name may hold a tab itself.
    const untracked = terminal && line.startsWith("? ");
    const path = untracked ? line.slice(2) : line.slice(tab + 1);
    const submodule = !untracked && gitlink.test(line);
    if (path === "" || submodule || (untracked && path.endsWith("/"))) continue;
    if (terminal && line.startsWith("R ")) deleted.push(path);
    else paths.add(path);
  }
  for (const path of deleted) paths.delete(path);
  return [...paths].sort();
}

async function ancestors({ log }: DiffOptions, { repository, fetcher }: Open, commit: string, limit: number): Promise<string[]> {
  if (!isSha(commit) || limit < 1) return [];
  const list = async (): Promise<string[]> => {
    const args = ["rev-list", "--first-parent", `--max-count=${Math.floor(limit)}`, "--end-of-options", commit, "--"];
    const result = await repository.git.run(args);
    return result.exitCode === 0 ? new TextDecoder().decode(result.stdout).split("\n").filter(isSha) : [];
  };
  const found = await list();
  const last = found.at(-1);
  if (last === undefined || found.length >= limit || !(await repository.shallowEnds()).has(last)) return found;
  log.debug(`Only ${found.length} of ${limit} ancestors are in this shallow checkout; fetching more.`);
  const reason = await fetcher.fetch([{ commit }], Math.floor(limit));
  if (reason !== undefined) log.debug(`They could not be fetched: ${reason}`);
  return list();
}

async function show(open: Open, commit: string, path: string): Promise<Uint8Array | undefined> {
  return path === "" || path.includes("\0")
    ? undefined
    : readAt(open, commit, (found) => ["cat-file", "blob", "--end-of-options", `${found}:${path}`]);
}

async function names(open: Open, commit: string, folder: string): Promise<string[]> {
  if (folder === "" || folder.includes("\0")) return [];
  const listed = await readAt(open, commit, (found) => ["ls-tree", "-z", "--name-only", "--full-tree", `${found}:${folder}`]);
  return new TextDecoder()
    .decode(listed)
    .split("\0")
    .filter((name) => name !== "")
    .sort();
}

/** What git prints about something at a commit; the commit is fetched where this checkout lacks it. */
async function readAt(
  { repository, history, fetcher }: Open,
  commit: string,
  asking: (found: string) => readonly string[],
): Promise<Uint8Array | undefined> {
  const found = isSha(commit) ? commit : (await repository.resolve([commit]))[0];
  if (found === undefined) throw new UserError(`${JSON.stringify(commit)} names no commit in this checkout.`, { exitCode: 3 });
  const env = { ...(await fetcher.lazyEnvironment()) };
  const read = () => repository.git.run(asking(found), { env });
  let result = await read();
  if (result.exitCode !== 0 && (await repository.git.run(["cat-file", "-e", `${found}^{tree}`])).exitCode !== 0) {
    await history.require(found, `Commit ${found.slice(0, 12)}`);
    result = await read();
  }
  return result.exitCode === 0 ? result.stdout : undefined;
}
