import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { messageOf } from "../../../packages/frame/errors.ts";
import type { Log } from "../../../packages/frame/ports.ts";
import { type Answer, attempt, type Task } from "./compress.ts";

interface Ordered {
  readonly task: Task;
  readonly index: number;
}

interface Told {
  readonly index: number;
  readonly answer: Answer;
}

const role = "forge bundle sizes";
const here = import.meta.url;

/** Works through `order` on so many threads. What a thread that failed had taken is left undone. */
export async function performOnThreads(
  order: readonly Ordered[],
  threads: number,
  done: (index: number, answer: Answer) => void,
  log: Pick<Log, "debug">,
): Promise<void> {
  const queue = [...order];
  await Promise.all(Array.from({ length: threads }, () => helper(queue, done, log)));
}

function helper(queue: Ordered[], done: (index: number, answer: Answer) => void, log: Pick<Log, "debug">): Promise<void> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL(here), { workerData: role, execArgv: [], env: {} });
    const next = (): void => {
      const task = queue.shift();
      if (task !== undefined) {
        worker.postMessage(task);
        return;
      }
      void worker.terminate();
      resolve();
    };
    worker.on("online", next);
    worker.on("message", ({ index, answer }: Told) => {
      done(index, answer);
      next();
    });
    worker.on("error", (error) => {
      log.debug(`a measuring thread failed: ${messageOf(error)}`);
      resolve();
    });
  });
}

if (!isMainThread && workerData === role && parentPort !== null) {
  const port = parentPort;
  port.on("message", ({ index, task }: Ordered) => {
    void attempt(task).then((answer) => {
      const told: Told = { index, answer };
      const samples = answer.result?.sample?.hashes.buffer;
      port.postMessage(told, samples instanceof ArrayBuffer ? [samples] : []);
    });
  });
}
