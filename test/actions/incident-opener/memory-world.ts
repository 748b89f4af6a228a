import manifest from "../../../actions/incident-opener/src/manifest.ts";
import type { Desk, Desks, IncidentInputs, IncidentPorts, IssueView, Tracker } from "../../../actions/incident-opener/src/ports.ts";
import { run } from "../../../actions/incident-opener/src/run.ts";
import { parseYaml } from "../../../packages/frame/adapters/yaml.ts";
import type { Event } from "../../../packages/frame/event.ts";
import { parseInputs } from "../../../packages/frame/inputs.ts";
import { openWaivers } from "../../../packages/frame/waivers.ts";
import { Unreachable } from "../../../packages/ledger/failures.ts";
import type { Locks } from "../../../packages/ledger/lock.ts";
import { memoryStore, type Store } from "../../../packages/ledger/store.ts";

/** A process that was killed. */
export class Killed extends Error {}

export interface MemoryIssue extends IssueView {
  readonly comments: Map<string, string>;
  /** How often a comment was written, and the issue opened or closed. */
  notifications: number;
}

export type Outcome = Awaited<ReturnType<typeof run>>;

export const runEvent: Event = {
  name: "schedule",
  repository: "octo/app",
  sha: "c".repeat(40),
  ref: "refs/heads/main",
  defaultBranch: "main",
  pullRequest: undefined,
  mergeGroup: undefined,
  before: undefined,
  forced: false,
  runId: "1",
  runAttempt: "1",
  job: "watch",
  serverUrl: "https://github.com",
  apiUrl: "https://api.github.com",
};

/** Runs the action with inputs as texts; what it needs besides is not asked for. */
export async function play(
  given: Readonly<Record<string, string>>,
  world: Pick<IncidentPorts, "desks" | "clock" | "log">,
  event: Partial<Event> = {},
): Promise<Outcome> {
  const { inputs, problems } = await parseInputs(
    manifest,
    (name) => (given[name] === undefined ? undefined : { from: "input", text: given[name] }),
    async (name, text) => parseYaml(text, { input: name }),
  );
  if (problems.length > 0) throw new Error(problems.join(" "));
  const context = { event: { ...runEvent, ...event }, id: "", terminal: false, waivers: openWaivers([], world.clock.now()) };
  return run(inputs as IncidentInputs, world as IncidentPorts, context);
}

/** The action with its ledger, its issues and its outbox in memory. It can be killed at any call to the world, before or after the call is done. */
export class MemoryWorld {
  readonly issues = new Map<number, MemoryIssue>();
  readonly files = new Map<string, string>();
  readonly letters = new Map<string, string>();
  now = Date.UTC(2026, 10, 21, 3);
  /** How far the runner's clock is off. */
  skew = 0;
  reachable = true;
  calls = 0;
  #killAt = Number.POSITIVE_INFINITY;
  #locked = false;
  readonly #store: Store = memoryStore(this.files);

  /** Calls are counted in halves: an even one kills before the call, an odd one after it. */
  async run(given: Readonly<Record<string, string>>, killAt = Number.POSITIVE_INFINITY): Promise<Outcome> {
    this.calls = 0;
    this.#killAt = killAt;
    this.#locked = false;
    const silent = (): void => undefined;
    const log = { debug: silent, info: silent, notice: silent, warning: silent, secret: silent };
    return play(given, { desks: this.#desks(), clock: { now: () => this.now + this.skew }, log });
  }

  open(): MemoryIssue[] {
    return [...this.issues.values()].filter(({ open }) => open);
  }

  async #step<T>(deed: () => T | Promise<T>): Promise<T> {
    const call = this.calls;
    this.calls += 2;
    if (call === this.#killAt) throw new Killed();
    const result = await deed();
    if (call + 1 === this.#killAt) throw new Killed();
    return result;
  }

  #desks(): Desks {
    return {
      open: () => {
        if (!this.reachable) return Promise.reject(new Unreachable("GitHub did not answer"));
        return this.#step(() => this.#desk());
      },
      letters: () => this.#step(() => [...this.letters].map(([name, text]) => ({ name, text })).sort((a, b) => (a.name < b.name ? -1 : 1))),
      keep: (name, text) =>
        this.#step(() => {
          this.letters.set(name, text);
          return `.forge/outbox/${name}`;
        }),
      discard: (name) => this.#step(() => void this.letters.delete(name)),
    };
  }

  #desk(): Desk {
    const store = this.#store;
    const locks: Locks = {
      acquire: () =>
        this.#step(() => {
          if (this.#locked) return { busy: { owner: "other", until: this.now + 1 } };
          this.#locked = true;
          const lease = { owner: "me", until: this.now + 20_000 };
          const release = async (): Promise<void> => {
            this.#locked = false;
          };
          return { lease, ensure: async () => undefined, release };
        }),
    };
    return {
      backend: () => "branch",
      now: () => this.now,
      knowsTime: () => true,
      store: {
        read: () => this.#step(() => store.read()),
        write: (...given) => this.#step(() => store.write(...given)),
        pause: async () => true,
      },
      locks,
      tracker: this.#tracker(),
    };
  }

  #tracker(): Tracker {
    return {
      find: (label) => this.#step(() => [...this.issues.values()].filter(({ labels }) => labels.includes(label))),
      get: (number) => this.#step(() => this.issues.get(number)),
      observe: () => this.#step(() => []),
      mayWrite: () => this.#step(() => true),
      create: (draft) =>
        this.#step(() => {
          const number = this.issues.size + 1;
          const url = `https://github.com/octo/app/issues/${number}`;
          const issue = { ...draft, number, url, open: true, author: "github-actions[bot]", comments: new Map(), notifications: 1 };
          this.issues.set(number, issue);
          return { issue, notes: [] };
        }),
      update: (number, { state, ...rest }) =>
        this.#step(() => {
          const issue = this.issues.get(number);
          if (issue === undefined) return;
          const open = state === undefined ? issue.open : state === "open";
          const notifications = issue.notifications + (open === issue.open ? 0 : 1);
          this.issues.set(number, { ...issue, ...rest, open, notifications });
        }),
      comment: (number, key, text) => this.#step(() => void this.issues.get(number)?.comments.set(key, text)),
    };
  }
}
