/**
 * `npm run release`: makes the tags of what has changed since its last release, in this repository only.
 *
 *   --dry-run   says what would be released and changes nothing
 *   --json      prints `{"released":[{action, from, to, tag, bump, reason, note}]}` and nothing else
 *   --push      pushes the branch and the tags to origin, all of them or none
 */
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { releaseNote, repositoryName } from "./release/note.ts";
import { plan, type Release } from "./release/plan.ts";
import { ReleaseRefused, Repository } from "./release/repository.ts";
import { readTags } from "./release/tags.ts";
import { movingTags, releaseCommit, releaseFiles, writeReferences } from "./release/write.ts";

interface Options {
  readonly dryRun: boolean;
  readonly push: boolean;
}
export interface Released extends Omit<Release, "changes"> {
  readonly note: string;
}
interface Result {
  readonly released: readonly Released[];
  readonly moved: readonly string[];
}

/** Plans, and unless it is a dry run makes, every release that HEAD asks for. Throws `ReleaseRefused` before anything has changed. */
export function release(folder: string, { dryRun, push }: Options): Result {
  const repository = new Repository(folder);
  refuseUnready(repository, dryRun);
  const tags = readTags(repository);
  const releases = plan(repository, tags);
  const files = releaseFiles(repository, releases);
  const name = repositoryName(repository.ask("remote", "get-url", "origin"));
  const result = (commit: string, moved: readonly string[]): Result => ({
    released: releases.map(({ changes, ...one }) => ({ ...one, note: releaseNote({ ...one, changes }, name, commit) })),
    moved,
  });
  if (dryRun) return result(files.size === 0 ? repository.head() : "<commit>", []);
  const commit = releaseCommit(repository, releases, files);
  const moving = movingTags(repository, tags, releases, commit);
  const made = releases.map(({ tag }) => tag);
  writeReferences(repository, commit, made, moving);
  if (files.size > 0) repository.git(["checkout", "--quiet", "HEAD", "--", ...files.keys()]);
  if (push) pushed(repository, made, [...moving.keys()]);
  return result(commit, [...moving.keys()]);
}

function refuseUnready(repository: Repository, dryRun: boolean): void {
  if (repository.ask("rev-parse", "--verify", "HEAD^{commit}") === undefined) throw new ReleaseRefused("There is no commit to release.");
  if (repository.git(["rev-parse", "--is-shallow-repository"]).trim() === "true")
    throw new ReleaseRefused(
      "This clone is shallow, so the changes since the last release cannot be told: run `git fetch --unshallow --tags`.",
    );
  const changed = repository.git(["status", "--porcelain", "--untracked-files=no"]).trim();
  if (changed !== "" && !dryRun) throw new ReleaseRefused(`The working tree has changes that are not committed:\n${changed}`);
}

/** Exact tags are pushed without force, moving ones with it; `--atomic` makes the server take all of them or none. */
function pushed(repository: Repository, exact: readonly string[], moving: readonly string[]): void {
  const references = [...exact.map((tag) => `refs/tags/${tag}`), ...moving.map((tag) => `+refs/tags/${tag}`)];
  const branch = repository.ask("symbolic-ref", "--quiet", "--short", "HEAD")?.trim();
  repository.git(["push", "--quiet", "--atomic", "origin", ...(branch === undefined ? [] : [`HEAD:refs/heads/${branch}`]), ...references]);
}

function print({ released, moved }: Result, dryRun: boolean): void {
  for (const { tag, from, reason } of released) console.log(`${dryRun ? "would make" : "made"} ${tag} (${from ?? "new"}): ${reason}`);
  if (moved.length > 0) console.log(`moved ${moved.join(", ")}`);
  if (released.length === 0) console.log("Nothing to release: no shipped byte has changed.");
}

function main(): void {
  const options = { json: { type: "boolean" }, "dry-run": { type: "boolean" }, push: { type: "boolean" } } as const;
  try {
    const { values } = parseArgs({ options });
    const dryRun = values["dry-run"] === true;
    const result = release(resolve(dirname(fileURLToPath(import.meta.url)), ".."), { dryRun, push: values.push === true });
    if (values.json === true) console.log(JSON.stringify({ released: result.released }));
    else print(result, dryRun);
  } catch (error) {
    const isUsage = error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
    if (!(error instanceof ReleaseRefused) && !isUsage) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
