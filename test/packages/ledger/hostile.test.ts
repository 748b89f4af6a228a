/** Names, clocks and folders that nobody expects. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { FileLocks, FileStore } from "../../../packages/ledger/adapters/file-store.ts";
import { journalPath, pathName } from "../../../packages/ledger/journal.ts";
import { renderLease } from "../../../packages/ledger/lock.ts";
import { isLedgerPath, transact } from "../../../packages/ledger/store.ts";
import { type Book, bookPath, emptyBook, readBook, renderBook } from "../../../packages/releases/book.ts";

const folder = mkdtempSync(join(tmpdir(), "forge-hostile-ledger-"));
let count = 0;
const fresh = (): string => {
  const made = join(folder, String(count++));
  mkdirSync(made);
  return made;
};
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("names", () => {
  const stems = ["x", "中", "😀", ".", "-", "a/../b", "$(x)", "::set-output name=a::b", "\u202e"];
  const names = stems.flatMap((stem) => [1, 60, 119, 200].map((length) => stem.repeat(length).slice(0, 200)));

  it("of any length make paths that the ledger can read, and of which no two are the same", () => {
    const different = [...new Set(names.flatMap((name) => [name, `${name.slice(0, 199)}1`, `${name.slice(0, 199)}2`]))];
    const paths = different.flatMap((name) => [bookPath(name, name), bookPath("production", name), bookPath(name, "")]);
    expect(paths.filter((path) => !isLedgerPath(path))).toEqual([]);
    expect(new Set(different.map((name) => bookPath("production", name))).size).toBe(different.length);
    expect(different.filter((name) => !isLedgerPath(journalPath(name, "2026-11")))).toEqual([]);
    expect(new Set(different.map((name) => pathName(name))).size).toBe(different.length);
  });

  it("that were written before keep their place", () => {
    expect(pathName("x".repeat(120))).toBe("x".repeat(120));
    expect(bookPath("production", "web app")).toBe("releases/production/web_20_app.json");
    expect(bookPath("e".repeat(65), "s".repeat(120))).toBe(`releases/${"e".repeat(65)}/${"s".repeat(120)}.json`);
  });

  it("however long, are found again", async () => {
    const store = new FileStore(fresh(), () => Date.now());
    for (const name of ["x".repeat(200), "中".repeat(200)]) {
      const path = bookPath(name, name);
      await transact(store, async () => ({ result: undefined, changes: { [path]: renderBook(emptyBook(name, name)) } }));
      expect((await store.read()).paths).toContain(path);
    }
  });
});

describe("a book with a state that no run writes", () => {
  const made = { key: "1", deployment: "1", automatic: true, owner: "me", why: "", verified: false };
  const plan = { provider: "command", environment: "production", service: "", from: "2", to: "1", steps: [], hash: "a" };
  const text = (state: string, last: string): string => {
    const timeline = [{ state: last, at: "2026-11-21T10:00:00Z", run: "1/1", why: "" }];
    const book = { ...emptyBook("production", ""), attempts: [{ ...made, plan, state, timeline }] };
    return renderBook(book as unknown as Book);
  };
  it.each([
    ["Executing", "executing"],
    ["executing", "done"],
    ["", "executing"],
    ["toString", "executing"],
  ])("%s after %s is damage", (state, last) => {
    expect(() => readBook(text(state, last), "a.json")).toThrow("damaged");
    expect(readBook(text("executing", "executing"), "a.json").attempts).toHaveLength(1);
  });
});

describe("the file backend", () => {
  it("says at once, with 3, that its folders cannot be used", async () => {
    const file = join(fresh(), "file");
    writeFileSync(file, "x");
    const start = performance.now();
    await expect(new FileLocks(file, () => Date.now()).acquire("a", 60_000)).rejects.toMatchObject({ name: "UserError", exitCode: 3 });
    await expect(new FileStore(file, () => Date.now()).read()).rejects.toMatchObject({ name: "UserError", exitCode: 3 });
    const dangling = join(fresh(), "link");
    symlinkSync("/nowhere/at/all", dangling);
    await expect(new FileLocks(dangling, () => Date.now()).acquire("a", 60_000)).rejects.toMatchObject({ exitCode: 3 });
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it("takes a lock over that does not move, though the clock was set back since it was written", async () => {
    const here = fresh();
    const locks = new FileLocks(here, () => Date.now(), 300);
    const future = Date.now() + 10 * 365 * 86_400_000;
    writeFileSync(join(here, "lease.lock"), renderLease({ owner: "0123abcd", until: future }));
    writeFileSync(join(here, "torn.lock"), "forge lo");
    utimesSync(join(here, "torn.lock"), future / 1000, future / 1000);
    for (const key of ["lease", "torn"]) expect(await locks.acquire(key, 5_000)).toHaveProperty("lease");
  });

  it("does not take a lock from a holder that renews it", async () => {
    const here = fresh();
    const holder = await new FileLocks(here, () => Date.now()).acquire("a", 1_000);
    if ("busy" in holder) throw new Error("it is free");
    const timer = setInterval(() => void holder.ensure(Number.POSITIVE_INFINITY), 50);
    const rival = await new FileLocks(here, () => Date.now(), 400).acquire("a", 1_200);
    clearInterval(timer);
    expect(rival).toHaveProperty("busy");
  });
});
