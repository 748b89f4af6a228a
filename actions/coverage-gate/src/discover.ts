import { UserError } from "../../../packages/frame/errors.ts";
import { hasGlob } from "../../../packages/frame/glob.ts";
import type { Files } from "../../../packages/frame/ports.ts";
import { baseName, folderOf } from "./path-text.ts";

/*
 * Where tools leave their reports when nobody tells them otherwise. Two rules keep a run from being counted twice:
 *   - the places right below the working directory win over the same places in its subfolders (a report at the top is usually made of those);
 *   - one run often writes several formats side by side: of the general names in one folder only the first in this list is read.
 * Both leave a note, so that nothing is passed over in silence.
 */
const general = [
  "coverage-final.json",
  "lcov.info",
  "coverage.lcov",
  "cobertura-coverage.xml",
  "cobertura.xml",
  "coverage.cobertura.xml",
  "coverage.json",
  "coverage.xml",
  "clover.xml",
  "coverage.opencover.xml",
  "opencover.xml",
  "coverage-summary.json",
];
const goProfiles = ["coverage.out", "cover.out", "c.out", "profile.cov"];

const places = [
  ...general.flatMap((name) => [name, `coverage/${name}`]),
  ...goProfiles,
  ...goProfiles.map((name) => `coverage/${name}`),
  "coverage/.resultset.json",
  "target/site/jacoco/jacoco.xml",
  "target/site/jacoco-aggregate/jacoco.xml",
  "target/site/cobertura/coverage.xml",
  "target/coverage/cobertura.xml",
  "build/reports/jacoco/**/*.xml",
  "build/reports/kover/**/*.xml",
  "build/coverage/lcov.info",
  "build/logs/clover.xml",
  "TestResults/**/coverage.cobertura.xml",
];
const notOurs = [
  "!**/fixtures/**",
  "!**/__fixtures__/**",
  "!**/testdata/**",
  "!**/vendor/**",
  "!**/third_party/**",
  "!**/.venv/**",
  "!**/venv/**",
];

export interface Found {
  /** Relative to the working directory, sorted. */
  readonly paths: readonly string[];
  readonly notes: readonly string[];
}

/** The reports to read. Throws a `UserError` (exit code 2) when there are none, or when a given pattern matches nothing. */
export async function findReports(files: Files, patterns: readonly string[] | undefined): Promise<Found> {
  if (patterns !== undefined && patterns.length > 0) return { paths: await named(files, patterns), notes: [] };
  const here = await files.glob(places);
  const found = here.length > 0 ? here : await files.glob([...places.map((place) => `**/${place}`), ...notOurs]);
  if (found.length > 0) return oneOfEachFolder(found);
  throw new UserError(
    "No coverage report was found in the usual places (coverage/lcov.info, coverage/coverage-final.json, coverage.xml, coverage.out, " +
      "target/site/jacoco/jacoco.xml and others). Run the tests with coverage first, or name the reports: `reports: path/to/lcov.info`.",
  );
}

async function named(files: Files, patterns: readonly string[]): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const pattern of patterns) {
    if (pattern.startsWith("!")) continue;
    if (hasGlob(pattern)) {
      if ((await files.glob([pattern])).length === 0 && !(await isFile(files, pattern)))
        problems.push(`reports: "${pattern}" matches no file.`);
    } else if (!(await isFile(files, pattern))) problems.push(`reports: the file "${pattern}" does not exist.`);
  }
  if (problems.length > 0) throw new UserError(`${problems.join(" ")} Did the tests write their coverage there?`, { problems });
  const found = await files.glob(patterns);
  if (found.length > 0) return found;
  throw new UserError(`reports: ${patterns.map((pattern) => `"${pattern}"`).join(", ")} leave no file to read.`);
}

async function isFile(files: Files, path: string): Promise<boolean> {
  return (await files.stat(path))?.kind === "file";
}

function oneOfEachFolder(found: readonly string[]): Found {
  const best = new Map<string, string>();
  const rank = (path: string): number => general.indexOf(baseName(path));
  for (const path of found) {
    const known = best.get(folderOf(path));
    if (rank(path) !== -1 && (known === undefined || rank(path) < rank(known))) best.set(folderOf(path), path);
  }
  const paths = found.filter((path) => rank(path) === -1 || best.get(folderOf(path)) === path);
  const beside = found.filter((path) => !paths.includes(path));
  if (beside.length === 0) return { paths, notes: [] };
  return { paths, notes: [`Not read, because a better report of the same run stands beside it: ${beside.slice(0, 10).join(", ")}.`] };
}
