import type { BaselineRecord } from "../../frame/ports.ts";
import { readJournal } from "../compaction.ts";
import { type Missing, type Past, parseEnvelope, parseHistory } from "../envelope.ts";
import { historyPath, memoryPath, recordPath } from "../layout.ts";
import { type BaselineContext, emptyShelf, ownerOf, type Shelf, tooFar } from "../store.ts";

/** The data branch as the local clone last fetched it; read only, without network. */
export async function openLocalBranch(context: BaselineContext, name: string): Promise<Shelf> {
  const owner = ownerOf(context);
  const where = `origin/${name}`;
  const read = async (path: string): Promise<string | undefined> => {
    const bytes = await context.diff.show(where, path);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  };
  const absent = { missing: `this clone has no ${where}: fetch it with \`git fetch origin ${name}\`` };
  const index = async (): Promise<readonly Past[] | { readonly missing: string }> => {
    try {
      const text = await read(historyPath(owner));
      return (text === undefined ? undefined : parseHistory(text, owner)) ?? { missing: `${where} holds nothing of it` };
    } catch {
      return absent;
    }
  };
  return {
    ...emptyShelf("a local clone is only read"),
    history: async () => {
      const found = await index();
      return "missing" in found ? [] : found;
    },
    entries: async () => {
      try {
        const found = await readJournal<never>({ names: (path) => context.diff.names(where, path), text: read }, owner);
        return found.entries;
      } catch {
        return absent;
      }
    },
    recall: (name) => read(memoryPath(owner, name)).catch(() => undefined),
    nearest: async (commits) => {
      const found = await index();
      if ("missing" in found) return found;
      const chosen = nearestIn(found, commits);
      if ("missing" in chosen) return chosen;
      const text = await read(recordPath(owner, chosen.commit));
      return recordFrom(text, owner, chosen.commit);
    },
  };
}

export function nearestIn(index: readonly Past[], commits: readonly string[]): { readonly commit: string } | { readonly missing: string } {
  const stored = new Set(index.map(({ commit }) => commit));
  const commit = commits.find((candidate) => stored.has(candidate));
  if (commit !== undefined) return { commit };
  const latest = index.at(-1);
  return { missing: latest === undefined ? "nothing is stored yet" : tooFar(latest.commit, commits.length) };
}

export function recordFrom(
  text: string | undefined,
  owner: { readonly action: string; readonly id: string },
  commit: string,
): BaselineRecord | Missing {
  if (text === undefined) return { missing: `the record of ${commit.slice(0, 7)} is gone` };
  const parsed = parseEnvelope(text, owner);
  if ("missing" in parsed) return parsed;
  return parsed.record.commit === commit ? parsed.record : { missing: `the record of ${commit.slice(0, 7)} is of another commit` };
}
