import { UserError } from "../../../packages/frame/errors.ts";
import type { FoundFiles, Sizer } from "./model.ts";

/** Where builds usually lie; the first that holds a file is taken. */
export const usualFolders = ["dist", "build", ".next/static", "out"] as const;

export interface Discovered {
  readonly patterns: readonly string[];
  readonly paths: readonly string[];
  readonly notes: readonly string[];
}

export interface Place {
  readonly folder: string;
  readonly root: string;
}

/** Files by `files`, by the globs of a foreign configuration or of budgets, or the first usual folder. An empty result is an error. */
export async function discover(
  sizer: Sizer,
  place: Place,
  given: readonly string[] | undefined,
  foreign: readonly string[],
  budgetGlobs: readonly string[],
): Promise<Discovered> {
  if (given !== undefined && given.length > 0) return findGiven(sizer, place, given, "files");
  if (foreign.length > 0) return findGiven(sizer, place, foreign, "the configuration");
  for (const [index, folder] of usualFolders.entries()) {
    const patterns = [`${folder}/**`, `!${folder}/**/*.map`];
    const { paths } = await sizer.find(place.folder, place.root, patterns);
    if (paths.length === 0) continue;
    const others = await othersIn(sizer, place, usualFolders.slice(index + 1));
    const left = others.length === 0 ? "" : ` ${others.join(" and ")} ${others.length === 1 ? "is" : "are"} left out.`;
    return { patterns, paths, notes: [`Measured is ${folder}/** without source maps, because \`files\` is not given.${left}`] };
  }
  if (budgetGlobs.length > 0) return findGiven(sizer, place, budgetGlobs, "budgets");
  throw new UserError(
    `There is no build to measure: none of ${usualFolders.map((folder) => `${folder}/**`).join(", ")} holds a file. Build first, or say where with \`files\`.`,
  );
}

async function othersIn(sizer: Sizer, { folder, root }: Place, folders: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const each of folders) {
    const inside = await sizer.find(folder, root, [`${each}/**`]).catch((): FoundFiles => ({ paths: [], unmatched: [] }));
    if (inside.paths.length > 0) found.push(`${each}/**`);
  }
  return found;
}

async function findGiven(sizer: Sizer, { folder, root }: Place, patterns: readonly string[], input: string): Promise<Discovered> {
  const { paths, unmatched } = await sizer.find(folder, root, patterns);
  if (unmatched.length > 0) {
    const names = unmatched.map((pattern) => JSON.stringify(pattern)).join(", ");
    throw new UserError(
      `${input}: ${names} ${unmatched.length === 1 ? "matches" : "match"} no file. Was the project built, and are paths relative to working-directory?`,
    );
  }
  if (paths.length === 0) throw new UserError(`${input}: no file is left, because everything that was found is excluded by "!".`);
  return { patterns, paths, notes: [] };
}
