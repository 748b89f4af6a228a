import { messageOf } from "../frame/errors.ts";
import { type Event, isProposal } from "../frame/event.ts";
import type { Baseline, BaselineFound, BaselineRecord, Clock, Diff, Files, Log, Remembered } from "../frame/ports.ts";
import { type Envelope, largestEnvelope, type Missing, type Owner, renderEnvelope, schema } from "./envelope.ts";
import { type Entry, isEntryName } from "./journal.ts";
import { isCommit, mayWrite } from "./policy.ts";

/** What a store may ask of the world. */
export interface BaselineContext {
  readonly action: string;
  readonly id: string;
  readonly event: Event;
  readonly files: Files;
  readonly diff: Diff;
  readonly log: Log;
  readonly clock: Clock;
  readonly token: string | undefined;
  /** The `baseline-branches` input. */
  readonly branches: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A laptop. */
  readonly terminal: boolean;
}

export interface Extra {
  readonly name: string;
  readonly content: string;
}

export type Saved = { readonly saved: string } | { readonly skipped: string };

/** One place where envelopes are kept. What it cannot do it says in words; it throws only for bugs and for wrong input. */
export interface Shelf {
  /** Why it takes nothing, where that is known beforehand. */
  readonly closed?: string;
  /** The stored measurement of the first of `commits` that has one. */
  nearest(commits: readonly string[]): Promise<BaselineRecord | Missing>;
  /** Newest last. */
  history(limit: number): Promise<readonly BaselineRecord[]>;
  put(record: BaselineRecord, extra: readonly Extra[]): Promise<Saved>;
  /** Keeps an entry beside the others, if this place can. */
  append?(entry: Entry): Promise<Saved>;
  /** Oldest first. */
  entries?(): Promise<readonly Entry[] | Missing>;
  /** The newest text under a name, if this place can hold any; throws where it cannot be read. */
  recall?(name: string, lasting: boolean): Promise<string | undefined>;
  remember?(name: string, text: string, lasting: boolean): Promise<Saved>;
}

/** How many first-parent commits before the wanted one are looked at. */
export const farthest = 50;

/** The port over a shelf, which is opened by its first use. */
export function openStore(context: BaselineContext, openShelf: () => Promise<Shelf>): Baseline {
  let opened: Promise<Shelf> | undefined;
  const shelf = (): Promise<Shelf> => {
    opened ??= openShelf();
    return opened;
  };
  return {
    find: (commit) => find(context, shelf, commit),
    history: async (limit) => {
      try {
        if (limit < 1) return [];
        return (await (await shelf()).history(limit)).slice(-Math.floor(limit));
      } catch (error) {
        context.log.debug(`The history of baselines could not be read: ${messageOf(error)}`);
        return [];
      }
    },
    refusal: async () => {
      const permission = mayWrite(context.event, context.branches);
      if ("refused" in permission) return permission.refused;
      return shelf().then(
        ({ closed }) => closed,
        (error: unknown) => messageOf(error).replace(/\.$/, ""),
      );
    },
    append: (name, data) => append(context, shelf, { name, data }),
    entries: async () => {
      try {
        const found = await (await shelf()).entries?.();
        return found === undefined || "missing" in found ? found : found.map(({ data }) => data);
      } catch (error) {
        return { missing: messageOf(error).replace(/\.$/, "") };
      }
    },
    save: (data, extra = []) => save(context, shelf, data, extra),
    recall: (name, lasting = false) => recall(context, shelf, name, lasting),
    look: (name, lasting = false) => look(context, shelf, name, lasting),
    remember: (name, data, lasting = false) => remember(context, shelf, name, data, lasting),
  };
}

async function find({ diff, log }: BaselineContext, shelf: () => Promise<Shelf>, commit: string): Promise<BaselineFound> {
  if (!isCommit(commit)) return { missing: `${JSON.stringify(commit)} is not the full name of a commit` };
  const line = await firstParents(diff, log, commit);
  try {
    const found = await (await shelf()).nearest(line);
    if ("missing" in found) return found;
    const distance = line.indexOf(found.commit);
    if (distance >= 0) return { record: found, distance };
    return { missing: tooFar(found.commit, line.length) };
  } catch (error) {
    return { missing: messageOf(error).replace(/\.$/, "") };
  }
}

export function tooFar(commit: string, known: number): string {
  const looked = known === 1 ? "that commit itself" : `the ${known} commits looked at`;
  return `what is stored is of ${commit.slice(0, 7)}, which is not among ${looked}`;
}

/** The commit and what it descends from; the commit alone where git cannot tell. */
async function firstParents(diff: Diff, log: Log, commit: string): Promise<readonly string[]> {
  try {
    const line = await diff.ancestors(commit, farthest + 1);
    return line[0] === commit ? line : [commit, ...line.slice(0, farthest)];
  } catch (error) {
    log.debug(`Only a baseline of ${commit} itself is looked for: ${messageOf(error)}`);
    return [commit];
  }
}

async function save(context: BaselineContext, shelf: () => Promise<Shelf>, data: unknown, extra: readonly Extra[]): Promise<Saved> {
  try {
    const permission = mayWrite(context.event, context.branches);
    if ("refused" in permission) return { skipped: permission.refused };
    const { action, id, event, clock } = context;
    const created = new Date(clock.now()).toISOString();
    const record: BaselineRecord = { schema, action, id, commit: event.sha, branch: permission.branch, created, data };
    const size = renderEnvelope({ record, history: [] }).length;
    if (size > largestEnvelope) return { skipped: `it has ${size} bytes, and at most ${largestEnvelope} are kept` };
    return await (await shelf()).put(record, extra);
  } catch (error) {
    return { skipped: messageOf(error).replace(/\.$/, "") };
  }
}

async function append(context: BaselineContext, shelf: () => Promise<Shelf>, entry: Entry): Promise<Saved | undefined> {
  try {
    const permission = mayWrite(context.event, context.branches);
    if ("refused" in permission) return { skipped: permission.refused };
    if (!isEntryName(entry.name)) return { skipped: `${JSON.stringify(entry.name)} is no name for it` };
    const size = JSON.stringify(entry.data).length;
    if (size > largestEnvelope) return { skipped: `it has ${size} bytes, and at most ${largestEnvelope} are kept` };
    return await (await shelf()).append?.(entry);
  } catch (error) {
    return { skipped: messageOf(error).replace(/\.$/, "") };
  }
}

const memoryName = /^[A-Za-z0-9][A-Za-z0-9-]{0,99}$/;

/** What proposals remember has a name of its own, so that no other run can be fed by one. */
function namesOf({ event }: BaselineContext, name: string): { readonly own: string; readonly readable: readonly string[] } {
  const trusted = `trusted-${name}`;
  const proposed = `proposed-${name}`;
  return isProposal(event) ? { own: proposed, readable: [proposed, trusted] } : { own: trusted, readable: [trusted] };
}

async function recall(context: BaselineContext, shelf: () => Promise<Shelf>, name: string, lasting: boolean): Promise<unknown> {
  const seen = await look(context, shelf, name, lasting);
  return "data" in seen ? seen.data : undefined;
}

async function look(context: BaselineContext, shelf: () => Promise<Shelf>, name: string, lasting: boolean): Promise<Remembered> {
  try {
    const place = await shelf();
    for (const readable of memoryName.test(name) ? namesOf(context, name).readable : []) {
      const text = await place.recall?.(readable, lasting);
      if (text !== undefined && text.length <= largestEnvelope) return { data: JSON.parse(text) };
    }
    return { nothing: true };
  } catch (error) {
    const unreadable = messageOf(error).replace(/\.$/, "");
    context.log.debug(`What was remembered as ${name} could not be read: ${unreadable}.`);
    return { unreadable, ...(error instanceof SyntaxError ? { torn: true } : {}) };
  }
}

async function remember(
  context: BaselineContext,
  shelf: () => Promise<Shelf>,
  name: string,
  data: unknown,
  lasting: boolean,
): Promise<Saved> {
  try {
    const text = JSON.stringify(data);
    if (!memoryName.test(name)) return { skipped: `${JSON.stringify(name)} is no name for it` };
    if (text.length > largestEnvelope) return { skipped: `it has ${text.length} bytes, and at most ${largestEnvelope} are kept` };
    const told = await (await shelf()).remember?.(namesOf(context, name).own, text, lasting);
    return told ?? { skipped: "this store remembers nothing but baselines" };
  } catch (error) {
    return { skipped: messageOf(error).replace(/\.$/, "") };
  }
}

/** A history and its newest measurement, as one list. */
export function wholeHistory({ record, history }: Envelope): BaselineRecord[] {
  return [...history.filter(({ commit }) => commit !== record.commit), record];
}

export const ownerOf = ({ action, id }: Owner): Owner => ({ action, id });

/** A shelf that holds nothing and takes nothing, and says why. */
export function emptyShelf(reason: string): Shelf {
  return {
    closed: reason,
    nearest: async () => ({ missing: reason }),
    history: async () => [],
    put: async () => ({ skipped: reason }),
  };
}
