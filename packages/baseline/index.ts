import { messageOf } from "../frame/errors.ts";
import type { Baseline } from "../frame/ports.ts";
import { parseChoice, usualBranch } from "./choice.ts";
import { mayWrite } from "./policy.ts";
import { type BaselineContext, type Extra, emptyShelf, openStore, type Saved, type Shelf } from "./store.ts";

export type { BaselineContext } from "./store.ts";

/** The store that the `baseline` input names; its adapter is loaded by the first use. A `UserError` for an input that names none. */
export function openBaseline(choice: string, context: BaselineContext): Baseline {
  const chosen = parseChoice(choice, context.event.defaultBranch);
  const store = openStore(context, async (): Promise<Shelf> => {
    switch (chosen.kind) {
      case "none":
        return emptyShelf("baselines are switched off (baseline: none)");
      case "file":
        return (await import("./adapters/file.ts")).openFile(context, chosen.path);
      case "branch":
        return remembering((await import("./adapters/branch.ts")).openBranch(context, chosen.name), context);
      case "cache":
        return (await import("./adapters/cache.ts")).openCache(context);
      case "auto":
        return context.terminal
          ? (await import("./adapters/local-branch.ts")).openLocalBranch(context, usualBranch)
          : (await import("./adapters/cache.ts")).openCache(context);
    }
  });
  return { ...store, publish: (branch, files) => publish(context, branch, files) };
}

async function publish(context: BaselineContext, branch: string, files: readonly Extra[]): Promise<Saved> {
  try {
    const permission = mayWrite(context.event, context.branches);
    if ("refused" in permission) return { skipped: permission.refused };
    const chosen = parseChoice(`branch:${branch}`, context.event.defaultBranch);
    if (chosen.kind !== "branch") return { skipped: `${branch} is no branch` };
    return await (await import("./adapters/branch.ts")).publishFiles(context, chosen.name, files);
  } catch (error) {
    return { skipped: messageOf(error).replace(/\.$/, "") };
  }
}

/**
 * A branch keeps measurements and what must last. What is remembered besides, for days and by pull requests whose token may write nothing, goes
 * into the Actions cache, which empties itself; where there is none, nothing is remembered and the store says why.
 */
async function remembering(opened: Promise<Shelf>, context: BaselineContext): Promise<Shelf> {
  const branch = await opened;
  let cache: Promise<Shelf> | undefined;
  const memory = (): Promise<Shelf> => {
    cache ??= import("./adapters/cache.ts").then(({ openCache }) => openCache(context));
    return cache;
  };
  return {
    ...(branch.closed === undefined ? {} : { closed: branch.closed }),
    nearest: (commits) => branch.nearest(commits),
    history: (limit) => branch.history(limit),
    put: (record, extra) => branch.put(record, extra),
    append: async (entry) => (await branch.append?.(entry)) ?? { skipped: branch.closed ?? "nothing can be appended here" },
    entries: async () => (await branch.entries?.()) ?? [],
    recall: async (name, lasting) => (lasting ? branch : await memory()).recall?.(name, lasting),
    remember: async (name, text, lasting) => {
      const shelf = lasting ? branch : await memory();
      return (await shelf.remember?.(name, text, lasting)) ?? { skipped: shelf.closed ?? "the cache remembers nothing here" };
    },
  };
}
