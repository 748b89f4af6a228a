import { type FileHandle, open } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { isMainThread, type MessagePort, parentPort, Worker, workerData } from "node:worker_threads";
import { messageOf } from "../../../packages/frame/errors.ts";
import type { Log } from "../../../packages/frame/ports.ts";
import { detect } from "../src/formats/detect.ts";
import { encodingOf } from "../src/formats/encoding.ts";
import { isReportFault } from "../src/formats/fault.ts";
import { edgesFit, type Part, partMarks } from "../src/formats/parsers.ts";
import { type Parsed, ReportSession } from "../src/formats/session.ts";
import type { Format, ReportReader } from "../src/model.ts";
import { type ByteRange, parseFile, type ReportFile, streamFile } from "./report-file.ts";

type Options = Parameters<ReportReader["read"]>[1];

/** One file, or one part of one. */
interface Task {
  readonly id: number;
  readonly path: string;
  readonly format: Format | "auto";
  readonly counts: boolean;
  readonly range?: ByteRange;
  readonly part: Part;
}

/** `undefined`: it could not be read. */
type Answer = { readonly id: number; readonly parsed: Parsed | undefined };

const role = "forge coverage reports";
/** Small enough that threads finish together, big enough that handing over is nothing. */
const partSize = 2 * 2 ** 20;
/** The main thread hears an answer only between its own portions; a thread should not wait for that. */
const tasksAhead = 2;
const worthCutting = 8 * 2 ** 20;
/** Each thread costs some 15 MB. */
const mostThreads = 4;
const here = import.meta.url;

/** Each file's parts in order; `undefined` for a file that has to be read in one go. The caller's thread works too. */
export async function parseOnAllCores(
  files: readonly ReportFile[],
  options: Options,
  log: Pick<Log, "debug">,
): Promise<(readonly Parsed[] | undefined)[]> {
  const planned: Task[][] = [];
  let id = 0;
  for (const file of files) {
    const parts = await plan(file, options);
    planned.push(parts.map((part) => ({ ...part, id: id++ })));
  }
  const parsed = await runAll(planned.flat(), log);
  return planned.map((tasks) => {
    const parts = tasks.map((task) => parsed.get(task.id));
    return parts.every((part) => part !== undefined) && partsFit(parts) ? parts : undefined;
  });
}

function partsFit(parts: readonly Parsed[]): boolean {
  if (parts.length === 1) return true;
  const edges = parts.map((part) => part.edges);
  return edges.every((edge) => edge === undefined) || (edges.every((edge) => edge !== undefined) && edgesFit(edges));
}

async function plan(file: ReportFile, { format, counts }: Options): Promise<Omit<Task, "id">[]> {
  const whole = { path: file.path, format, counts, part: { first: true, whole: true } };
  if (file.size < worthCutting) return [whole];
  const handle = await open(file.path, "r");
  try {
    const found = format === "auto" ? await formatOf(handle) : format;
    const cuts = found === undefined || (await isEncoded(handle)) ? [] : await cutsOf(handle, file.size, found);
    if (found === undefined || cuts.length === 0) return [whole];
    return [0, ...cuts].map((start, i) => ({
      path: file.path,
      format: found,
      counts,
      range: { start, end: cuts[i] ?? file.size },
      part: { first: i === 0, whole: false },
    }));
  } finally {
    await handle.close();
  }
}

async function head(handle: FileHandle): Promise<Uint8Array> {
  const { buffer, bytesRead } = await handle.read(new Uint8Array(65_536), 0, 65_536, 0);
  return buffer.subarray(0, bytesRead);
}

async function formatOf(handle: FileHandle): Promise<Format | undefined> {
  try {
    return detect(await head(handle), false);
  } catch (error) {
    if (isReportFault(error)) return undefined;
    throw error;
  }
}

async function isEncoded(handle: FileHandle): Promise<boolean> {
  const { label, mark } = encodingOf(await head(handle));
  return label !== undefined || mark !== 0;
}

async function cutsOf(handle: FileHandle, size: number, format: Format): Promise<number[]> {
  const marks = partMarks[format];
  const cuts: number[] = [];
  if (marks === undefined) return cuts;
  for (let wanted = partSize; wanted < size - partSize / 2; wanted = Math.max(wanted, cuts.at(-1) ?? 0) + partSize) {
    const mark = await find(handle, marks.mark, wanted, size);
    const cut = mark !== -1 && marks.behindLine ? (await find(handle, "\n", mark + 1, size)) + 1 : mark;
    if (cut <= 0 || cut >= size) break;
    cuts.push(cut);
  }
  return cuts;
}

async function find(handle: FileHandle, mark: string, from: number, size: number): Promise<number> {
  const bytes = Buffer.alloc(16_384);
  for (let at = from; at < size; at += bytes.length - mark.length) {
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, at);
    const found = bytes.subarray(0, bytesRead).indexOf(mark, 0, "latin1");
    if (found !== -1) return at + found;
    if (bytesRead < bytes.length) return -1;
  }
  return -1;
}

async function runAll(tasks: readonly Task[], log: Pick<Log, "debug">): Promise<Map<number, Parsed | undefined>> {
  const queue = [...tasks];
  const parsed = new Map<number, Parsed | undefined>();
  const threads = Math.min(mostThreads, availableParallelism(), tasks.length) - 1;
  const helpers = Array.from({ length: threads }, () => helper(queue, parsed, log));
  // If this thread cannot go on, the others need not either.
  await work(queue, parsed).finally(() => {
    queue.length = 0;
  });
  await Promise.all(helpers);
  // What a thread that failed has put back.
  await work(queue, parsed);
  return parsed;
}

async function work(queue: Task[], parsed: Map<number, Parsed | undefined>): Promise<void> {
  for (let task = queue.shift(); task !== undefined; task = queue.shift()) parsed.set(task.id, await parseTask(task));
}

/** One for all parts that this thread reads, one after the other. */
const buffer = new Uint8Array(2 ** 18);

async function parseTask({ path, format, counts, range, part }: Task): Promise<Parsed | undefined> {
  try {
    if (range === undefined) return await parseFile(path, format, counts);
    const session = new ReportSession(format, counts, part);
    await streamFile(path, session, range, buffer);
    return session.finish();
  } catch (error) {
    if (isReportFault(error)) return undefined;
    throw error;
  }
}

/** One more thread, as long as there are tasks. If it fails, its tasks go back into the queue. */
function helper(queue: Task[], parsed: Map<number, Parsed | undefined>, log: Pick<Log, "debug">): Promise<void> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL(here), { workerData: role, execArgv: [], env: {}, resourceLimits: { maxYoungGenerationSizeMb: 4 } });
    const given = new Map<number, Task>();
    const next = (): void => {
      while (given.size < tasksAhead) {
        const task = queue.shift();
        if (task === undefined) break;
        given.set(task.id, task);
        worker.postMessage(task);
      }
      if (given.size > 0) return;
      void worker.terminate();
      resolve();
    };
    worker.on("online", next);
    worker.on("message", ({ id, parsed: result }: Answer) => {
      parsed.set(id, result);
      given.delete(id);
      next();
    });
    worker.on("error", (error) => {
      log.debug(`a reading thread failed: ${messageOf(error)}`);
      queue.push(...given.values());
      resolve();
    });
  });
}

async function answer(port: MessagePort, task: Task): Promise<void> {
  const parsed = await parseTask(task);
  const files = parsed?.drafted.files;
  const transferred = files === undefined ? [] : [...files.slabs, files.index.buffer];
  port.postMessage({ id: task.id, parsed } satisfies Answer, transferred);
}

if (!isMainThread && workerData === role && parentPort !== null) {
  const port = parentPort;
  let before = Promise.resolve();
  port.on("message", (task: Task) => {
    before = before.then(() => answer(port, task));
  });
}
