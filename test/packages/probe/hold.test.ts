/** What `for` remembers between runs, also where the store fails, hangs, or the deadline comes first. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Memory, TargetResult } from "../../../packages/probe/model.ts";
import { check, memory, verdict } from "./arrange.ts";
import { closeFaults, type Fault, httpFault, refusedPort } from "./fault-server.ts";
import { randomOf } from "./seeds.ts";

const start = Date.UTC(2026, 10, 21);
const minute = 60_000;
let server: Fault;
/** What the server answers. */
let answer = 200;

beforeEach(async () => {
  answer = 200;
  server = await httpFault((_, response) => response.writeHead(answer).end());
});
afterEach(closeFaults);

interface Run {
  readonly store?: Memory;
  readonly name?: string;
  readonly deadline?: number;
  readonly allowPrivate?: boolean;
}

/** One run, so many minutes after the first one. */
async function runAt(minutes: number, { store, name = "api", deadline = 2_000, allowPrivate = true }: Run = {}): Promise<TargetResult> {
  const now = (): number => start + minutes * minute;
  const asked = { settings: { deadline }, allowPrivate, now, ...(store === undefined ? {} : { memory: store }) };
  const { targets } = await check([{ name, url: server.url, for: "5m", timeout: "5s" }], asked);
  const [result] = targets;
  if (result === undefined) throw new Error("nothing was checked");
  return result;
}

const hangs = new Promise<never>(() => {});
type Kept = ReturnType<typeof memory>;
/** The store, which for once cannot be read. */
const unreadable = (store: Kept): Memory => ({ ...store, look: async () => ({ unreadable: "the network is down" }) });

describe("a failure", () => {
  it("is degraded until it has lasted, then down, and healthy ends it", async () => {
    const store = memory();
    answer = 500;
    expect((await runAt(0, { store })).status).toBe("degraded");
    expect(await runAt(4, { store })).toMatchObject({ status: "degraded", since: start });
    expect(await runAt(5, { store })).toMatchObject({ status: "down", reason: "http.status", since: start });
    answer = 200;
    expect((await runAt(6, { store })).status).toBe("healthy");
    answer = 500;
    expect(await runAt(7, { store })).toMatchObject({ status: "degraded", since: start + 7 * minute });
  });

  it("that cannot be seen for once ends nothing and is no verdict", async () => {
    const store = memory();
    answer = 500;
    await runAt(0, { store });
    expect(verdict(await runAt(2, { store, allowPrivate: false }))).toEqual(["unknown", "address.private"]);
    expect(await runAt(5, { store })).toMatchObject({ status: "down", since: start });
  });

  it("that is the runner's own network begins nothing", async () => {
    const store = memory();
    const dead = `http://127.0.0.1:${await refusedPort()}`;
    const targets = [
      { name: "api", url: dead, for: "5m" },
      { name: "net", url: dead, control: true },
    ];
    const { reason } = await check(targets, { memory: store, now: () => start });
    expect([reason, store.kept.get("failing-since")]).toEqual(["runner.network", { schema: 1, since: {} }]);
    answer = 500;
    expect(await runAt(5, { store })).toMatchObject({ status: "degraded", since: start + 5 * minute });
  });

  it("of targets that another run checks is still remembered", async () => {
    const store = memory();
    answer = 500;
    await runAt(0, { store, name: "api" });
    await runAt(1, { store, name: "shop" });
    expect(await runAt(5, { store, name: "api" })).toMatchObject({ status: "down", since: start });
  });
});

describe("a store", () => {
  it("that cannot be read leaves the verdict open, and is not written over", async () => {
    const store = memory();
    answer = 500;
    await runAt(0, { store });
    expect(verdict(await runAt(6, { store: unreadable(store) }))).toEqual(["unknown", "state.missing"]);
    expect(store.kept.get("failing-since")).toEqual({ schema: 1, since: { api: start } });
    expect(await runAt(7, { store })).toMatchObject({ status: "down", since: start });
  });

  it("that breaks in the middle is one that cannot be read", async () => {
    const store = memory();
    answer = 500;
    const broken: Memory = { ...store, recall: () => Promise.reject(new Error("torn off")) };
    expect(verdict(await runAt(0, { store: broken }))).toEqual(["unknown", "state.missing"]);
    expect(store.kept.size).toBe(0);
  });

  it("that does not answer before the deadline is not waited for", async () => {
    const store = memory();
    answer = 500;
    await runAt(0, { store });
    const slow: Memory = { ...store, look: () => hangs };
    expect(verdict(await runAt(6, { store: slow, deadline: 300 }))).toEqual(["unknown", "state.missing"]);
    expect(store.kept.get("failing-since")).toEqual({ schema: 1, since: { api: start } });
  });

  it("that does not take it before the deadline keeps what it had, and what is new is not guessed", async () => {
    const store = memory();
    answer = 500;
    await runAt(0, { store, name: "api" });
    const full: Memory = { ...store, remember: () => hangs };
    expect(verdict(await runAt(1, { store: full, name: "shop", deadline: 300 }))).toEqual(["unknown", "state.missing"]);
    // What is known needs no new writing.
    expect(await runAt(4, { store: full, name: "api", deadline: 300 })).toMatchObject({ status: "degraded", since: start });
    expect(await runAt(5, { store: full, name: "api", deadline: 300 })).toMatchObject({ status: "down", since: start });
    expect(store.kept.get("failing-since")).toEqual({ schema: 1, since: { api: start } });
  });

  it("that is torn proves nothing, and is begun anew", async () => {
    const store = memory();
    answer = 500;
    const torn: Memory = { ...store, look: async () => ({ unreadable: "no JSON", torn: true }) };
    expect(verdict(await runAt(0, { store: torn }))).toEqual(["unknown", "state.missing"]);
    expect(await runAt(5, { store })).toMatchObject({ status: "down", since: start });
  });

  it("matters to no target that is healthy", async () => {
    expect((await runAt(0, { store: unreadable(memory()) })).status).toBe("healthy");
    expect((await runAt(0)).status).toBe("healthy");
  });
});

/** What must be told of each of thirty runs, a minute apart: `readable` says whether the store could be read. */
function truth(runs: readonly { readonly good: boolean; readonly readable: boolean }[]): string[] {
  let since: number | undefined;
  return runs.map(({ good, readable }, at) => {
    // A run that could not read changes nothing: not even that it was healthy is kept.
    if (readable) since = good ? undefined : (since ?? at);
    if (good) return "healthy";
    if (!readable) return "unknown";
    return at - (since ?? at) >= 5 ? "down" : "degraded";
  });
}

it.each([1, 2, 3, 4, 5])("many runs, with a store that fails now and then, never tell anything but the truth (seed %i)", async (seed) => {
  const random = randomOf(seed);
  const runs = Array.from({ length: 30 }, () => ({ good: random.next() < 0.2, readable: random.next() < 0.8 }));
  const store = memory();
  const told: string[] = [];
  for (const [at, { good, readable }] of runs.entries()) {
    answer = good ? 200 : 500;
    told.push((await runAt(at, { store: readable ? store : unreadable(store) })).status);
  }
  expect(told).toEqual(truth(runs));
});

it("a clock that jumps changes neither how often a target is asked nor when that ends", async () => {
  let jumps = 0;
  const now = (): number => start + (jumps++ % 2 === 0 ? -1_000_000 : 1_000_000) * minute;
  const asked = { settings: { duration: 100, deadline: 5_000 }, now };
  const { targets } = await check([{ name: "api", url: server.url, interval: "10ms" }], asked);
  expect([targets[0]?.status, server.requests]).toEqual(["healthy", 10]);
});

it.each([1e300, -1e300, "yesterday", null, Number.MAX_SAFE_INTEGER])("since %s is no time, and the wait begins anew", async (since) => {
  const store = memory();
  answer = 500;
  store.kept.set("failing-since", { since: { api: since } });
  expect((await runAt(0, { store })).status).toBe("degraded");
  expect((await runAt(5, { store })).status).toBe("down");
});
