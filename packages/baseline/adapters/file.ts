import { isAbsolute, relative, resolve, sep } from "node:path";
import type { BaselineRecord } from "../../frame/ports.ts";
import {
  type Envelope,
  largestEnvelope,
  type Missing,
  type Parsed,
  type Past,
  parseEnvelope,
  pointOf,
  renderEnvelope,
  schema,
  withPast,
} from "../envelope.ts";
import { type BaselineContext, type Extra, ownerOf, type Saved, type Shelf, tooFar, wholeHistory } from "../store.ts";

/** How many measurements a file remembers, and how many of the newest stay whole. */
const keep = { entries: 200, bytes: 6 * 1024 * 1024 };
const mostWhole = 20;
const largestWhole = 4 * 1024 * 1024;

/**
 * A file of the workspace. It is written as a whole and put in place by a rename, so a reader never sees half of one; of two that write at
 * once the later one stays.
 */
export async function openFile(context: BaselineContext, path: string): Promise<Shelf> {
  return new FileShelf(context, path);
}

class FileShelf implements Shelf {
  readonly #context: BaselineContext;
  readonly #path: string;

  constructor(context: BaselineContext, path: string) {
    this.#context = context;
    this.#path = path;
  }

  async nearest(commits: readonly string[]): Promise<BaselineRecord | Missing> {
    const parsed = await this.#read(commits[0]);
    if ("missing" in parsed) return parsed;
    const whole = new Map([...parsed.history.filter(({ point }) => point !== true), parsed.record].map((past) => [past.commit, past]));
    for (const commit of commits) {
      const record = whole.get(commit);
      if (record !== undefined) return record;
    }
    return { missing: tooFar(parsed.record.commit, commits.length) };
  }

  /** Beside the baseline, in a folder that goes where it goes. */
  #memory(name: string): string {
    return `${this.#path}.memory/${name}.json`;
  }

  async recall(name: string): Promise<string | undefined> {
    const path = this.#memory(name);
    const { files } = this.#context;
    return (await files.stat(path))?.kind === "file" ? files.readText(path, largestEnvelope) : undefined;
  }

  async remember(name: string, text: string): Promise<Saved> {
    const path = this.#memory(name);
    await this.#context.files.write(path, text);
    return { saved: path };
  }

  async history(): Promise<readonly BaselineRecord[]> {
    const parsed = await this.#read(undefined);
    return "missing" in parsed ? [] : wholeHistory(parsed);
  }

  async put(record: BaselineRecord, _extra: readonly Extra[]): Promise<Saved> {
    const text = await this.#working();
    const before = text === undefined ? undefined : parseEnvelope(text, ownerOf(this.#context));
    if (text !== undefined && before !== undefined && "missing" in before && !isOurTorn(text)) {
      return { skipped: `${this.#path} is not overwritten: ${before.missing}` };
    }
    await this.#context.files.write(this.#path, renderEnvelope(succeed(before, record)));
    return { saved: this.#path };
  }

  /**
   * A pull request may have changed the file, so where the commit that is compared with has it, that version counts. Otherwise it is a file
   * that was put there before this step.
   */
  async #read(base: string | undefined): Promise<Parsed> {
    const owner = ownerOf(this.#context);
    const tracked = base === undefined || this.#context.event.name === "push" ? undefined : await this.#committed(base);
    if (tracked !== undefined) return parseEnvelope(tracked, owner);
    const text = await this.#working();
    if (text === undefined || text.trim() === "") return { missing: `${this.#path} does not exist yet` };
    if (
      base !== undefined &&
      this.#context.event.pullRequest !== undefined &&
      (await this.#committed(this.#context.event.sha)) !== undefined
    ) {
      this.#context.log.warning(`The baseline ${this.#path} was added by this pull request itself.`);
    }
    return parseEnvelope(text, owner);
  }

  async #working(): Promise<string | undefined> {
    const { files } = this.#context;
    if ((await files.stat(this.#path)) === undefined) return undefined;
    return files.readText(this.#path, largestEnvelope);
  }

  async #committed(commit: string): Promise<string | undefined> {
    const { diff, files } = this.#context;
    try {
      const root = await diff.root();
      if (root === undefined) return undefined;
      const path = relative(root, resolve(files.workingDirectory, this.#path));
      if (path.startsWith("..") || isAbsolute(path)) return undefined;
      const bytes = await diff.show(commit, path.replaceAll(sep, "/"));
      return bytes === undefined || bytes.length > largestEnvelope ? undefined : new TextDecoder().decode(bytes);
    } catch {
      // Without a repository, or without that commit, nothing can be said of it.
      return undefined;
    }
  }
}

/** A baseline that broke off: written by something that does not rename, and worth nothing. */
function isOurTorn(text: string): boolean {
  return text.trim() === "" || (text.startsWith(`{"schema":"${schema}"`) && !text.trimEnd().endsWith("}"));
}

function succeed(before: Parsed | undefined, record: BaselineRecord): Envelope {
  if (before === undefined || "missing" in before) return { record, history: [] };
  const past = [...before.history, before.record].filter(({ commit }) => commit !== record.commit);
  return { record, history: withPast(thin(past), undefined, keep) };
}

/** The newest stay whole as long as there is room; of the others the points of the trend remain. */
function thin(past: readonly Past[]): Past[] {
  let room = largestWhole;
  const kept = past.toReversed().map((entry, index) => {
    if (entry.point === true) return entry;
    room -= JSON.stringify(entry.data).length;
    return index < mostWhole && room > 0 ? entry : pointOf(entry);
  });
  return kept.filter((entry) => entry !== undefined).toReversed();
}
