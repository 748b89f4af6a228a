import type { Baseline } from "../frame/ports.ts";
import { parseChoice, usualBranch } from "./choice.ts";
import { type BaselineContext, emptyShelf, openStore, type Shelf } from "./store.ts";

export type { BaselineContext } from "./store.ts";

/** The store that the `baseline` input names; its adapter is loaded by the first use. A `UserError` for an input that names none. */
export function openBaseline(choice: string, context: BaselineContext): Baseline {
  const chosen = parseChoice(choice, context.event.defaultBranch);
  return openStore(context, async (): Promise<Shelf> => {
    switch (chosen.kind) {
      case "none":
        return emptyShelf("baselines are switched off (baseline: none)");
      case "file":
        return (await import("./adapters/file.ts")).openFile(context, chosen.path);
      case "branch":
        return (await import("./adapters/branch.ts")).openBranch(context, chosen.name);
      case "cache":
        return (await import("./adapters/cache.ts")).openCache(context);
      case "auto":
        return context.terminal
          ? (await import("./adapters/local-branch.ts")).openLocalBranch(context, usualBranch)
          : (await import("./adapters/cache.ts")).openCache(context);
    }
  });
}
