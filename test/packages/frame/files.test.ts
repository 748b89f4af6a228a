import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openFiles } from "../../../packages/frame/adapters/files.ts";

let root = "";
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "forge-files-")));
  mkdirSync(join(root, "work", "src", "node_modules", "dep"), { recursive: true });
  mkdirSync(join(root, "outside"));
  for (const path of ["src/a.ts", "src/b.js", "src/.dot.ts", "src/node_modules/dep/x.ts", "odd [1].ts"])
    writeFileSync(join(root, "work", path), path);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const open = () => openFiles(join(root, "work"), ".");

describe("glob", () => {
  it("finds files, dot files too, but not in node_modules unless it is named", async () => {
    const files = await open();
    expect(await files.glob(["**/*.ts"])).toEqual(["odd [1].ts", "src/.dot.ts", "src/a.ts"]);
    expect(await files.glob(["src/node_modules/**"])).toEqual(["src/node_modules/dep/x.ts"]);
    expect(await files.glob(["src/**", "!**/*.js"])).toEqual(["src/.dot.ts", "src/a.ts"]);
    expect(await files.glob([join(root, "work", "src", "a.ts")])).toEqual(["src/a.ts"]);
    expect(await files.glob(["nothing/**"])).toEqual([]);
  });

  it("does not follow links to folders, so a circle ends", async () => {
    symlinkSync("..", join(root, "work", "src", "loop"));
    expect(await (await open()).glob(["**/a.ts"])).toEqual(["src/a.ts"]);
  });
});

describe("write", () => {
  it("makes folders and leaves nothing half written", async () => {
    await (await open()).write("new/deep/file.txt", "text");
    expect(readFileSync(join(root, "work", "new", "deep", "file.txt"), "utf8")).toBe("text");
    expect(readdirSync(join(root, "work", "new", "deep"))).toEqual(["file.txt"]);
  });

  it("stays inside the workspace, links resolved", async () => {
    const files = await open();
    symlinkSync(join(root, "outside"), join(root, "work", "link"));
    await expect(files.write("../outside/x", "")).rejects.toThrow(/outside the workspace/);
    await expect(files.write("link/x", "")).rejects.toThrow(/outside the workspace/);
    await expect(files.write(join(root, "outside", "x"), "")).rejects.toThrow(/outside the workspace/);
    expect(readdirSync(join(root, "outside"))).toEqual([]);
  });
});

describe("read", () => {
  it("names what cannot be read and why", async () => {
    const files = await open();
    await expect(files.read("missing")).rejects.toThrow("missing does not exist.");
    await expect(files.read("src")).rejects.toThrow("src is not a file.");
    await expect(files.readText("src/a.ts", 2)).rejects.toThrow("src/a.ts has 8 bytes. Allowed: at most 2.");
  });

  it.skipIf(process.getuid?.() === 0)("says that a file may not be read", async () => {
    chmodSync(join(root, "work", "src", "a.ts"), 0);
    await expect((await open()).read("src/a.ts")).rejects.toThrow("src/a.ts may not be read.");
  });
});

it("refuses a working directory that is not there or lies outside", () => {
  expect(() => openFiles(join(root, "work"), "nowhere")).toThrow(/working-directory: the folder .* does not exist/);
  expect(() => openFiles(join(root, "work"), "../outside")).toThrow(/outside the workspace/);
  expect(() => openFiles(join(root, "work"), "src/a.ts")).toThrow(/is not a folder/);
});
