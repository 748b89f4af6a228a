import { availableParallelism } from "node:os";
import { join } from "node:path";
import { UserError } from "../../../packages/frame/errors.ts";
import type { Log } from "../../../packages/frame/ports.ts";
import type { Digest, Job, Sizer } from "../src/model.ts";
import { type Answer, attempt, type Task, versions } from "./compress.ts";
import { findFiles } from "./find-files.ts";

/** Below this much brotli, starting a thread takes longer than compressing. */
const worthThreads = 192 * 1024;
const worthReadingThreads = 4 * 2 ** 20;

/** Compressed bytes of one kind cost about so much more than of another. */
const costs: Readonly<Record<Job["algorithm"], number>> = { brotli: 40, zstd: 2, gzip: 1 };

/** Sizes of real files, by Node's own compressors, on all cores where that pays. */
export function openSizer(log: Pick<Log, "info" | "debug">): Sizer {
  return {
    find: findFiles,
    async read(folder, paths, sampled) {
      const sampling = new Set(sampled);
      const tasks = paths.map((path): Task => ({ kind: "digest", path: join(folder, path), sample: sampling.has(path) }));
      const digests = await perform(
        tasks,
        (task) => (task.kind === "digest" && task.sample ? worthReadingThreads / 64 : 1),
        worthReadingThreads,
        log,
      );
      return digests.map(({ result, error }, index): Digest => {
        const path = paths[index] ?? "";
        if (error !== undefined) throw unreadable(path, error);
        const { sha256 = "", bytes = 0, sample } = result ?? {};
        return { path, sha256, bytes, ...(sample === undefined ? {} : { sample }) };
      });
    },
    async compress(folder, jobs) {
      refuseMissing(jobs);
      const tasks = jobs.map(({ path, algorithm, bytes }): Task => ({ kind: "compress", path: join(folder, path), algorithm, bytes }));
      const weight = (task: Task): number => (task.kind === "compress" ? task.bytes * costs[task.algorithm] : 0);
      const answers = await perform(tasks, weight, worthThreads * costs.brotli, log, progress(jobs, log));
      return answers.map(({ result, error }, index) => {
        const path = jobs[index]?.path ?? "";
        if (error !== undefined) throw unreadable(path, error);
        return result?.bytes ?? 0;
      });
    },
    versions: async () => versions(),
  };
}

function refuseMissing(jobs: readonly Job[]): void {
  if (versions().zstd !== "" || jobs.every(({ algorithm }) => algorithm !== "zstd")) return;
  throw new UserError(`compression: zstd needs Node 22.15 or newer, and this is ${process.version}. Leave zstd out, or run on Node 24.`);
}

/** Does the heaviest task first, so that the last one to end is a light one. */
async function perform(
  tasks: readonly Task[],
  weight: (task: Task) => number,
  worth: number,
  log: Pick<Log, "debug">,
  onDone: (index: number) => void = () => {},
): Promise<readonly Answer[]> {
  const order = tasks
    .map((task, index) => ({ task, index, weight: weight(task) }))
    .sort((a, b) => b.weight - a.weight || a.index - b.index);
  const total = order.reduce((sum, each) => sum + each.weight, 0);
  const threads = Math.min(availableParallelism(), tasks.length);
  const answers = new Array<Answer>(tasks.length);
  const done = (index: number, answer: Answer): void => {
    answers[index] = answer;
    onDone(index);
  };
  if (total >= worth && threads > 1) {
    const { performOnThreads } = await import("./size-workers.ts");
    await performOnThreads(order, threads, done, log);
  }
  for (const { task, index } of order) if (answers[index] === undefined) done(index, await attempt(task));
  return answers;
}

/** Says how far it is at each quarter of the bytes, where there is enough to wait for. */
function progress(jobs: readonly Job[], log: Pick<Log, "info">): (index: number) => void {
  const slow = jobs.map(({ algorithm, bytes }) => bytes * costs[algorithm]);
  const total = slow.reduce((sum, each) => sum + each, 0);
  let done = 0;
  let count = 0;
  let quarter = 0;
  return (index) => {
    done += slow[index] ?? 0;
    count += 1;
    const now = Math.floor((done * 4) / Math.max(total, 1));
    if (now === quarter || total < 2 ** 20 * costs.brotli) return;
    quarter = now;
    log.info(`Compressed ${count} of ${jobs.length}: ${quarter * 25} % of the work.`);
  };
}

function unreadable(path: string, { code, message }: NonNullable<Answer["error"]>): UserError {
  const words: Readonly<Record<string, string>> = {
    ENOENT: "does not exist any more",
    EACCES: "may not be read",
    EPERM: "may not be read",
    EISDIR: "is a folder, not a file",
    ERR_FS_FILE_TOO_LARGE: "has more than 2 GiB",
  };
  return new UserError(`files: ${path} ${words[code ?? ""] ?? `cannot be read: ${message.slice(0, 200)}`}.`);
}
