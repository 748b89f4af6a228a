import { rename } from "node:fs/promises";
import { isFeatureAvailable, restoreCache, saveCache } from "@actions/cache";
import { messageOf } from "../../frame/errors.ts";
import { cachedFile, type Done, newestFile, type Task } from "../cache-task.ts";

/** A process of its own, whose working folder plays the workspace: one task, one answer, and it ends when whoever started it is gone. */
process.on("disconnect", () => process.exit());
process.once("message", async (task) => {
  const done = await work(task as Task);
  process.send?.(done, () => process.exit());
});

async function work(task: Task): Promise<Done> {
  try {
    if (!isFeatureAvailable()) return { kind: "unavailable" };
    return task.kind === "save" ? { kind: "saved", id: await saveCache([cachedFile], task.key, undefined, true) } : await restore(task);
  } catch (error) {
    return { kind: "failed", message: messageOf(error) };
  }
}

async function restore({ batches, accept }: Task & { kind: "restore" }): Promise<Done> {
  let newest: string | undefined;
  for (const [first = "", ...others] of batches) {
    const key = await restoreCache([cachedFile], first, others, undefined, true);
    if (key !== undefined && accept.includes(key)) return { kind: "restored", key, newest };
    // Not even the prefix finds anything: no other key can.
    if (key === undefined && newest === undefined) break;
    if (key !== undefined && newest === undefined) {
      newest = key;
      await rename(cachedFile, newestFile);
    }
  }
  return { kind: "restored", key: undefined, newest };
}
