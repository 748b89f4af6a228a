import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Access, openAccess } from "../../../packages/ledger/adapters/access.ts";
import { BranchStore } from "../../../packages/ledger/adapters/branch-store.ts";
import { FileLocks, FileStore } from "../../../packages/ledger/adapters/file-store.ts";
import { IssueStore, parseFiles, renderFiles } from "../../../packages/ledger/adapters/issue-store.ts";
import { LabelLocks } from "../../../packages/ledger/adapters/label-lock.ts";
import { isGone, whoIAm } from "../../../packages/ledger/adapters/liveness.ts";
import { RefLocks } from "../../../packages/ledger/adapters/ref-lock.ts";
import { fingerprintOf } from "../../../packages/ledger/fingerprint.ts";
import { append, type Entry, journalPath, readJournal } from "../../../packages/ledger/journal.ts";
import { type Locks, parseLease } from "../../../packages/ledger/lock.ts";
import { type Store, transact } from "../../../packages/ledger/store.ts";
import { runEvent } from "../../actions/incident-opener/memory-world.ts";
import { type FakeGitHub, startFakeGitHub } from "../../fake-github/server.ts";
import type { Permissions } from "../../fake-github/state.ts";

let fake: FakeGitHub;
let now = Date.UTC(2026, 10, 21, 3);
const folder = mkdtempSync(join(tmpdir(), "forge-ledger-"));
beforeAll(async () => {
  fake = await startFakeGitHub();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await fake.close();
});

function prepare(permissions: Permissions): void {
  fake.reset();
  const repository = fake.state.addRepository("octo/app");
  repository.git.commitFiles("main", { "README.md": "# App\n" });
  fake.state.addActionsToken("ghs_job", repository, permissions);
  fake.state.rate.limit = 100_000;
  fake.state.rate.remaining = 100_000;
  fake.state.time = () => now;
}

/** Waiting takes no time here, but on GitHub's clock. */
function access(): Promise<Access> {
  const silent = (): void => undefined;
  const log = { debug: silent, info: silent, notice: silent, warning: silent, secret: silent };
  const clock = { now: () => now };
  const wait = async (milliseconds: number): Promise<void> => {
    now += Math.ceil(milliseconds / 20);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const pace = { now: clock.now, wait, patience: 1e9, deadline: 1e9 };
  return openAccess({ event: { ...runEvent, apiUrl: fake.url }, token: "ghs_job", log, clock, pace });
}

const both = { contents: "write", issues: "write" } as const;
const stores: Readonly<Record<string, () => Promise<Store>>> = {
  branch: async () => new BranchStore(await access()),
  issue: async () => new IssueStore(await access()),
  file: async () => new FileStore(join(folder, "store"), () => Date.now()),
};

describe.each(Object.entries(stores))("the %s store", (_, open) => {
  it("loses none of twelve writers' entries", async () => {
    prepare(both);
    const writers = Array.from({ length: 4 }, async (__, writer) => {
      const store = await open();
      for (let index = 0; index < 3; index++) {
        const decide = async (snapshot: { read(path: string): Promise<string | undefined> }) => ({
          result: undefined,
          changes: { "ledger/x/2026-11.jsonl": `${(await snapshot.read("ledger/x/2026-11.jsonl")) ?? ""}${writer}-${index}\n` },
        });
        for (let again = 0; again < 20; again++) {
          const done = await transact(store, decide).catch(() => undefined);
          if (done !== undefined) break;
        }
      }
    });
    await Promise.all(writers);
    const text = await (await (await open()).read()).read("ledger/x/2026-11.jsonl");
    expect(new Set(text?.trim().split("\n")).size).toBe(12);
    fake.verify();
  });

  it("refuses what starts from an older moment, and removes files", async () => {
    prepare(both);
    const store = await open();
    const first = await store.read();
    const second = await store.write(first, { "incidents/a.json": "1\n", "incidents/b.json": "2\n" }, "one");
    if (second === "overtaken") throw new Error("nobody else was there");
    expect(await store.write(first, { "incidents/a.json": "3\n" }, "late")).toBe("overtaken");
    await store.write(second, { "incidents/a.json": null }, "two");
    const third = await (await open()).read();
    expect([await third.read("incidents/a.json"), await third.read("incidents/b.json")]).toEqual([undefined, "2\n"]);
    fake.verify();
  });
});

const locks: Readonly<Record<string, (given: Access) => Locks>> = {
  refs: (given) => new RefLocks(given),
  labels: (given) => new LabelLocks(given),
};

describe.each(Object.entries(locks))("locks as %s", (_, open) => {
  it("one of ten has it, and the next after it is given back", async () => {
    prepare(both);
    const tries = await Promise.all(Array.from({ length: 10 }, async () => open(await access()).acquire("incident-0", 0)));
    const held = tries.filter((one) => !("busy" in one));
    expect(held).toHaveLength(1);
    for (const one of held) if (!("busy" in one)) await one.release();
    expect("busy" in (await open(await access()).acquire("incident-0", 0))).toBe(false);
    fake.verify();
  });

  it("a lease that is over is taken once, and its old holder knows", async () => {
    prepare(both);
    const dead = await open(await access()).acquire("incident-0", 0);
    if ("busy" in dead) throw new Error("nobody else was there");
    expect(dead.lease.until - now).toBeLessThanOrEqual(60_000);
    expect("busy" in (await open(await access()).acquire("incident-0", 0))).toBe(true);
    now += 61_000;
    const tries = await Promise.all(Array.from({ length: 6 }, async () => open(await access()).acquire("incident-0", 0)));
    expect(tries.filter((one) => !("busy" in one))).toHaveLength(1);
    await expect(dead.ensure(10_000)).rejects.toThrow(/lock/);
    await dead.release();
    expect("busy" in (await open(await access()).acquire("incident-0", 0))).toBe(true);
    fake.verify();
  });
});

describe("lock files", () => {
  const holder = `
    import { FileLocks } from ${JSON.stringify(new URL("../../../packages/ledger/adapters/file-store.ts", import.meta.url).href)};
    const held = await new FileLocks(process.argv[1], () => Date.now()).acquire("a", 0);
    process.stdout.write("busy" in held ? "busy" : "held");
    setInterval(() => {}, 1_000);`;

  it("of a process that was killed are taken at once and by one, and those of a live one are waited for", async () => {
    const folder = mkdtempSync(join(tmpdir(), "forge-locks-"));
    const child = spawn(process.execPath, ["--experimental-strip-types", "--input-type=module", "--eval", holder, folder]);
    try {
      const said = await new Promise((resolve) => child.stdout.once("data", (text) => resolve(String(text))));
      expect(said).toBe("held");
      const locks = () => new FileLocks(folder, () => Date.now());
      const waited: string[] = [];
      const alive = await locks().acquire("a", 200, ({ owner }) => void waited.push(owner));
      expect("busy" in alive && waited).toEqual(["busy" in alive ? alive.busy.owner : ""]);
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
      const tries = await Promise.all(Array.from({ length: 8 }, () => locks().acquire("a", 500)));
      const taken = tries.filter((one) => !("busy" in one));
      expect(taken).toHaveLength(1);
      expect(taken[0] !== undefined && "early" in taken[0] && (taken[0].early ?? 0) > Date.now()).toBe(true);
    } finally {
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it.skipIf(process.platform !== "linux")("of a process elsewhere, or of none, are never taken for gone", async () => {
    const me = await whoIAm();
    expect(me).toMatch(/^[0-9a-f-]{36}\/\d+\/\d+\/\d+$/);
    expect(await isGone(me)).toBe(false);
    expect(await isGone(me.replace(/\d+$/, "1"))).toBe(true);
    const [boot = "", space = ""] = me.split("/");
    for (const other of [me.replace(boot, "0".repeat(36)), me.replace(`/${space}/`, "/1/"), "", "x", "../../etc"])
      expect(await isGone(other)).toBe(false);
  });
});

describe("a lease", () => {
  it("is never longer than a minute, whatever it says", () => {
    const at = Date.UTC(2026, 0, 1);
    expect(parseLease("forge lock 01234567-89ab until 2099-01-01T00:00:00.000Z", at)?.until).toBe(at + 60_000);
    expect(parseLease("somebody else's", at)).toBeUndefined();
  });
});

describe("the ledger in an issue", () => {
  const text = fc.string({ unit: "binary", maxLength: 300 });

  it("is read back as it was written, large or small, and can end no comment", () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 6 }), fc.boolean(), (texts, large) => {
        const files = new Map(texts.map((one, index) => [`incidents/${index}.json`, one]));
        if (large)
          files.set(
            "incidents/large.json",
            JSON.stringify(Array.from({ length: 900 }, (_, index) => ({ id: `e${index}`, at: index * 1000 }))),
          );
        const body = renderFiles(files);
        expect(body.length).toBeLessThanOrEqual(60_000);
        expect(body.match(/-->/g)).toHaveLength(1);
        expect(parseFiles(body.replaceAll("\n", "\r\n"))).toEqual(files);
      }),
      { numRuns: 200, seed: 8 },
    );
  });

  it("holds some forty incidents of a hundred samples each", () => {
    const samples = (incident: number) =>
      Array.from({ length: 100 }, (_, index) => ({
        id: `17${incident}${index * 7919}/1 watch ${(incident * index * 48_271).toString(16)}`,
        at: 1.79e12 + index * 300_017,
        kind: index % 3 === 0 ? "pass" : "fail",
        severity: "high",
      }));
    const files = new Map(
      Array.from({ length: 40 }, (_, index) => [`incidents/${index}.json`, JSON.stringify({ events: samples(index) })]),
    );
    expect(parseFiles(renderFiles(files))).toEqual(files);
  });

  it.each(["", "<!-- forge-ledger:begin\nnonsense\nforge-ledger:end -->", "<!-- forge-ledger:begin\ndeflate:AAAA\nforge-ledger:end -->"])(
    "is not %j",
    (body) => {
      expect(parseFiles(body)).toBeUndefined();
    },
  );
});

describe("the journal", () => {
  const entry = (id: string, at: string): Entry => ({
    id,
    at,
    kind: "incident.open",
    environment: "production",
    subject: "s",
    run: "1/1",
    data: {},
  });

  it("is appended to, knows what it has, and names torn lines", () => {
    const first = append("", [entry("a", "2026-11-21T03:00:00Z")]);
    const second = append(first, [entry("b", "2026-11-21T02:00:00Z"), entry("a", "2026-11-21T03:00:00Z")]);
    expect(second.startsWith(first)).toBe(true);
    expect(readJournal(second).entries.map(({ id }) => id)).toEqual(["b", "a"]);
    expect(readJournal(`${second}{"id":"c`).torn).toEqual([3]);
    expect(append(`${first}{"torn`, [entry("c", "2026-11-21T04:00:00Z")]).split("\n")).toHaveLength(4);
  });

  it("keeps any two environments apart, inside its folder", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), fc.string({ maxLength: 20 }), (one, other) => {
        const [a, b] = [journalPath(one, "2026-11-21T03:00:00Z"), journalPath(other, "2026-11-21T03:00:00Z")];
        expect(a).toMatch(/^ledger\/[A-Za-z0-9_][A-Za-z0-9_-]*\/2026-11\.jsonl$/);
        const named = (text: string): string => (text === "" ? "default" : text);
        expect(a === b).toBe(named(one) === named(other));
      }),
      { numRuns: 500, seed: 8 },
    );
  });
});

describe("fingerprints", () => {
  it("tell parts apart, and are twelve hex digits", async () => {
    expect(await fingerprintOf(["a", "bc"])).toMatch(/^[0-9a-f]{12}$/);
    expect(await fingerprintOf(["a", "bc"])).not.toBe(await fingerprintOf(["ab", "c"]));
    expect(await fingerprintOf([" a", "bc"])).toBe(await fingerprintOf(["a", "bc "]));
  });
});
