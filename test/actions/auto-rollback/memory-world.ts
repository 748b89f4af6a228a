import manifest from "../../../actions/auto-rollback/src/manifest.ts";
import type { Checks, Desk, Health, Provider, RollbackInputs, RollbackPorts } from "../../../actions/auto-rollback/src/ports.ts";
import { run } from "../../../actions/auto-rollback/src/run.ts";
import { memoryHost } from "../../../packages/frame/adapters/memory.ts";
import { parseYaml } from "../../../packages/frame/adapters/yaml.ts";
import type { Context } from "../../../packages/frame/context.ts";
import { parseInputs } from "../../../packages/frame/inputs.ts";
import type { Held } from "../../../packages/ledger/lock.ts";
import { memoryStore } from "../../../packages/ledger/store.ts";
import type { Step } from "../../../packages/releases/book.ts";

/** The process ends here. */
export class Killed extends Error {
  override readonly name = "Killed";
}

/** Packages with a tag each, a ledger and a clock, all in memory; it can be killed at the n-th thing it asks of any of them. */
export class MemoryWorld {
  readonly files = new Map<string, string>();
  readonly tags: Map<string, string>;
  readonly deprecated = new Set<string>();
  readonly writes: string[] = [];
  now = Date.UTC(2026, 10, 21);
  health: Health["status"] = "healthy";
  killAt = Number.POSITIVE_INFINITY;
  asked = 0;
  #locked = false;

  constructor(packages: number, version: string) {
    this.tags = new Map(Array.from({ length: packages }, (_, index) => [`p${index}`, version]));
  }

  deploy(version: string): void {
    for (const name of this.tags.keys()) this.tags.set(name, version);
  }

  async run(
    given: Readonly<Record<string, string>>,
  ): Promise<{ readonly verdict: string; readonly decision: string; readonly reason: string }> {
    const world = {
      provider: "command",
      settings: "{current: [a], execute: [b]}",
      backend: "file",
      verify: "[{name: a, url: http://a}]",
      ...given,
    };
    const parsed = await parseInputs(
      manifest,
      (name) => (world[name as "provider"] === undefined ? undefined : { from: "input", text: world[name as "provider"] }),
      async (name, text) => parseYaml(text, { input: name }),
    );
    if (parsed.problems.length > 0) throw new Error(parsed.problems.join(" "));
    const host = memoryHost({ now: this.now });
    const ports = await host.openPorts({ id: "", workingDirectory: ".", token: undefined, baseline: "none", baselineBranches: [] });
    const context = { event: host.event, id: "", terminal: false } as unknown as Context;
    this.asked = 0;
    this.#locked = false;
    const outcome = await run(parsed.inputs as RollbackInputs, { ...ports, ...this.#ports() } as RollbackPorts, context);
    const { decision = "", reason = "" } = outcome.outputs;
    return { verdict: outcome.verdict, decision, reason };
  }

  #ask(): void {
    this.asked += 1;
    if (this.asked === this.killAt) throw new Killed("killed");
  }

  #ports(): Omit<RollbackPorts, keyof Awaited<ReturnType<ReturnType<typeof memoryHost>["openPorts"]>>> {
    const checks: Checks = {
      prepare: async () => undefined,
      check: async () => {
        this.#ask();
        return { status: this.health, rows: [{ name: "a", status: this.health, why: "seen" }] };
      },
    };
    const nowhere = {
      resolve: async () => "",
      head: async () => "",
      ensure: async () => "there is none",
      changes: async () => [],
      paths: async () => [],
      show: async () => undefined,
    };
    return {
      desks: { open: async () => this.#desk() },
      providers: { open: async () => this.#provider() },
      histories: { open: async () => nowhere },
      checks,
    };
  }

  #desk(): Desk {
    const store = memoryStore(this.files);
    const held: Held = {
      lease: { owner: "me", until: 0 },
      ensure: async () => this.#ask(),
      release: async () => {
        this.#locked = false;
      },
    };
    return {
      now: () => this.now++,
      store: {
        ...store,
        read: () => {
          this.#ask();
          return store.read();
        },
        write: async (from, changes, message) => {
          this.#ask();
          const done = await store.write(from, changes, message);
          this.#ask();
          return done;
        },
      },
      locks: {
        acquire: async () => {
          this.#ask();
          if (this.#locked) return { busy: { owner: "other", until: 0 } };
          this.#locked = true;
          return held;
        },
      },
      whileHeld: (_, work) => work(),
      approvedByComment: async () => ({ by: "", url: "", why: "nobody" }),
      approvedByReviewer: async () => ({ by: "", url: "", why: "nobody" }),
      openRequests: async () => [],
      closeRequest: async () => undefined,
    };
  }

  #provider(): Provider {
    const { tags } = this;
    return {
      current: async () => {
        this.#ask();
        const [release = "", ...others] = new Set(tags.values());
        return { release, others, commit: "", rollback: false };
      },
      resolve: async (name) => name,
      commitOf: async () => "",
      look: async () => ({ present: true, why: "it is there" }),
      credentials: async () => undefined,
      steps: async (from, to, left) => [
        ...[...tags.keys()].map((name): Step => ({ kind: "retag", what: name, undo: name, with: { name, from, to } })),
        ...(left === "bad"
          ? [...tags.keys()].map((name): Step => ({ kind: "deprecate", what: name, undo: name, with: { name, from } }))
          : []),
      ],
      apply: async (step, _, guard) => {
        const { name = "", from = "", to = "" } = step.with;
        this.#ask();
        if (step.kind === "deprecate") {
          if (this.deprecated.has(`${name}@${from}`)) return { result: "already", why: "" };
          await guard();
          this.deprecated.add(`${name}@${from}`);
        } else {
          if (tags.get(name) === to) return { result: "already", why: "" };
          if (tags.get(name) !== from) return { result: "conflict", why: "it was moved" };
          await guard();
          tags.set(name, to);
        }
        this.writes.push(`${step.kind} ${name}`);
        this.#ask();
        return { result: "done", why: "" };
      },
      settled: async ({ to }) => {
        this.#ask();
        const ok = [...tags.values()].every((version) => version === to);
        return { ok, why: ok ? "all are back" : "not all are back" };
      },
    };
  }
}
