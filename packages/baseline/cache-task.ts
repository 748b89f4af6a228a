/** What the process that works with the cache is told and tells. */

/** The one file in each cache entry, relative to the folder that plays the workspace. */
export const cachedFile = "forge-baseline.json";

export type Task =
  | {
      readonly kind: "restore";
      /** Tried in turn; the service takes ten keys at a time. A key also finds those that begin with it. */
      readonly batches: readonly (readonly string[])[];
      /** Keys that end the search. */
      readonly accept: readonly string[];
    }
  | { readonly kind: "save"; readonly key: string };

export type Done =
  /** `key` of the file that is there now; `newest` of the one that was found first and not accepted, kept under its own name. */
  | { readonly kind: "restored"; readonly key: string | undefined; readonly newest: string | undefined }
  | { readonly kind: "saved"; readonly id: number }
  | { readonly kind: "unavailable" }
  | { readonly kind: "failed"; readonly message: string };

/** Where the first entry that was not accepted is put. */
export const newestFile = "newest.json";

const mostKeys = 10;

/**
 * The keys to ask for, ten at a time: the commit itself, its next ancestors and, last of the first ten, whatever is newest. The other
 * ancestors are asked for only if that newest one is none of them.
 */
export function batchesOf(keys: readonly string[], prefix: string): string[][] {
  const batches = [[...keys.slice(0, mostKeys - 1), prefix]];
  for (let from = mostKeys - 1; from < keys.length; from += mostKeys) batches.push(keys.slice(from, from + mostKeys));
  return batches;
}

/** Why nothing was saved, from the lines that the cache's own code printed. */
export function refusalIn(lines: readonly string[]): string {
  const text = lines.join("\n");
  if (/cache write denied|does not permit writes/i.test(text)) return "this run may only read the cache";
  if (/already exists|\(409\)/i.test(text)) {
    return "a baseline of this commit is in the cache already, and entries of the cache cannot be replaced";
  }
  const last = lines.findLast((line) => /fail|error|warn/i.test(line));
  return last === undefined ? "the cache service did not take it" : `the cache service did not take it (${last.slice(0, 200)})`;
}

/** Variables that the cache's code needs; nothing else of the step's environment, and no input, reaches it. */
export function environmentFor(given: Readonly<Record<string, string | undefined>>, folder: string): Record<string, string> {
  const needed =
    /^(PATH|PATHEXT|HOME|USERPROFILE|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|TEMP|TMP|TMPDIR|LANG|LC_ALL|LD_LIBRARY_PATH|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|SSL_CERT_DIR|HTTPS?_PROXY|NO_PROXY|ALL_PROXY|GITHUB_SERVER_URL|GITHUB_REPOSITORY|GITHUB_RUN_ID|RUNNER_OS|RUNNER_DEBUG|ACTIONS_.+|CACHE_.+|SEGMENT_.+)$/i;
  const kept = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined && needed.test(entry[0]));
  return { ...Object.fromEntries(kept), GITHUB_WORKSPACE: folder, RUNNER_TEMP: folder };
}
