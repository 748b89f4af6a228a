import { isUserError, messageOf } from "../../../packages/frame/errors.ts";
import { globMatcher } from "../../../packages/frame/glob.ts";
import { classifyMigrations, type Migration, type MigrationFile } from "../../../packages/migrations/classify.ts";
import type { History } from "./ports.ts";

const mostFiles = 2_000;

/** What the migrations between two commits mean for going back. `unclear`: it could not be looked at. */
export interface Guarded {
  readonly migrations: readonly Migration[];
  readonly unclear?: string;
}

/** Classifies what matches the globs and differs between the target's commit and the current one; the schema stays as it is. */
export async function guardMigrations(history: History, globs: readonly string[], target: string, current: string): Promise<Guarded> {
  if (target === "" || current === "") {
    return { migrations: [], unclear: `the commit of the ${target === "" ? "target" : "running release"} is not known` };
  }
  if (target === current) return { migrations: [] };
  try {
    const missing = await history.ensure([target, current]);
    if (missing !== undefined) return { migrations: [], unclear: `the commits cannot be compared: ${missing}` };
    const matches = globMatcher(globs);
    const changes = (await history.changes(target, current)).filter(({ path }) => matches(path));
    if (changes.length > mostFiles) return { migrations: [], unclear: `more than ${mostFiles} migrations changed` };
    const files: MigrationFile[] = [];
    for (const { path, status } of changes) {
      files.push({ path, status, bytes: status === "removed" ? undefined : await history.show(current, path) });
    }
    return { migrations: classifyMigrations(files, await readAll(history, target, matches, files.length)) };
  } catch (error) {
    if (!isUserError(error)) throw error;
    return { migrations: [], unclear: messageOf(error) };
  }
}

/** The scripts that the target had already: from them the old schema is known. */
async function readAll(
  history: History,
  commit: string,
  matches: (path: string) => boolean,
  changed: number,
): Promise<readonly MigrationFile[]> {
  if (changed === 0) return [];
  const paths = (await history.paths(commit)).filter(matches);
  if (paths.length > mostFiles) return [];
  const files: MigrationFile[] = [];
  for (const path of paths) files.push({ path, status: "added", bytes: await history.show(commit, path) });
  return files;
}
