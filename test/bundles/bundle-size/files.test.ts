import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import * as zlib from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { cleanUp, temporaryFolder } from "../harness.ts";
import { edit } from "../pull-request.ts";
import { writeFiles } from "../repository.ts";
import { code, ended, gate, noise, notes, project, rows } from "./gate.ts";

afterAll(cleanUp);

/** Bytes that no text has. */
function binary(bytes: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(bytes / 32) }, (_, index) => createHash("sha256").update(String(index)).digest());
  return new Uint8Array(Buffer.concat(blocks).subarray(0, bytes));
}

describe("sizes", () => {
  it("are those of Node's own compressors, file by file, all in one run", async () => {
    const { folder, push } = project();
    const files = { "dist/a.js": code("cart", 300), "dist/b.css": "a{color:red}\n".repeat(90), "dist/c.txt": noise(3000) };
    edit(folder, files);
    const run = await gate(folder, { compression: "none,gzip,brotli,zstd" }, push);
    for (const row of rows(run)) {
      const bytes = Buffer.from(files[row.path as keyof typeof files]);
      const zstd = (zlib as { zstdCompressSync?: (bytes: Uint8Array) => Uint8Array }).zstdCompressSync?.(bytes).length;
      expect(row.sizes).toEqual({
        none: bytes.length,
        gzip: zlib.gzipSync(bytes, { level: 9 }).length,
        brotli: zlib.brotliCompressSync(bytes).length,
        zstd,
      });
    }
    expect(rows(run)).toHaveLength(3);
    const total = rows(run).reduce((sum, { sizes }) => sum + (sizes?.["brotli"] ?? 0), 0);
    expect(Number(run.outputs["brotli-bytes"])).toBe(total);
  });

  it("are the same on threads as in one", async () => {
    const { folder, push } = project();
    const big = Object.fromEntries([1, 2, 3, 4, 5, 6].map((seed) => [`dist/${seed}.js`, noise(150_000, seed)]));
    edit(folder, big);
    const run = await gate(folder, {}, push);
    for (const row of rows(run)) expect(row.sizes?.["brotli"]).toBe(zlib.brotliCompressSync(Buffer.from(big[row.path] ?? "")).length);
  });

  it("of a megabyte of WebAssembly that is no text", async () => {
    const { folder, push } = project();
    edit(folder, { "dist/app.wasm": binary(1_000_000) });
    const run = await gate(folder, { compression: "gzip" }, push);
    expect([run.outputs["total-bytes"], run.outputs["gzip-bytes"]]).toEqual([
      "1000000",
      String(zlib.gzipSync(binary(1_000_000), { level: 9 }).length),
    ]);
    expect(run.outputs["brotli-bytes"]).toBe("");
  });

  it("two runs write the same report, byte for byte", async () => {
    const { folder, push } = project();
    edit(folder, { "dist/a.js": code("cart", 100), "dist/b.js": code("login", 100) });
    const [first, second] = [await gate(folder, {}, push), await gate(folder, {}, push)];
    expect(JSON.stringify(first.report?.data)).toBe(JSON.stringify(second.report?.data));
    expect(first.report?.data["versions"]).toMatchObject({ node: process.versions.node, brotli: process.versions["brotli"] });
  });
});

describe("which files", () => {
  it("the first usual folder, without source maps, and says so", async () => {
    const { folder, push } = project();
    edit(folder, { "build/app.js": "x", "build/app.js.map": "{}", "out/page.js": "y", ".gitignore": "build/\nout/\n" });
    const run = await gate(folder, {}, push);
    expect(rows(run).map(({ path }) => path)).toEqual(["build/app.js"]);
    expect(notes(run)).toContain("Measured is build/** without source maps");
    expect(notes(run)).toContain("out/** is left out");
  });

  it("`.next/static` is found", async () => {
    const { folder, push } = project();
    edit(folder, { ".next/static/chunks/main.js": "x" });
    expect(rows(await gate(folder, {}, push)).map(({ path }) => path)).toEqual([".next/static/chunks/main.js"]);
  });

  it("paths are relative to the working directory", async () => {
    const { folder, push } = project();
    edit(folder, { "packages/web/dist/app.js": "x" });
    const run = await gate(folder, { "working-directory": "packages/web", files: "dist/*.js" }, push);
    expect(rows(run).map(({ path }) => path)).toEqual(["dist/app.js"]);
  });

  it.each<[name: string, inputs: Readonly<Record<string, string>>, words: string]>([
    ["a glob without a match", { files: "dist/*.js\ndist/*.wasm" }, '"dist/*.wasm" matches no file'],
    ["a folder given as a file", { files: "dist" }, "dist is a folder"],
    ["a link that leads nowhere", { files: "links/broken.js" }, "links/broken.js is a link that leads nowhere"],
    ["the same by a glob", { files: "links/br*" }, "links/broken.js is a link that leads nowhere"],
    ["a link out of the workspace", { files: "links/out.js" }, "links/out.js leads out of the workspace"],
    ["a link to a folder", { files: "links/f*" }, "links/folder is a link to a folder"],
    ["a path outside", { files: "../x.js" }, "lies outside the workspace"],
    ["an absolute path outside", { files: "/etc/passwd" }, "lies outside the workspace"],
    ["everything excluded", { files: "dist/*.js\n!dist/**" }, "no file is left"],
    ["an empty build", { files: "empty/*" }, "the build is empty"],
    ["a device", { files: "fifo/*" }, "fifo/pipe is no regular file"],
  ])("%s is an error with its name", async (_, inputs, words) => {
    const { folder, push } = project();
    edit(folder, { "dist/app.js": "x", "empty/a.js": "", "empty/b.js": "" });
    const outside = temporaryFolder();
    writeFiles(outside, { "secret.txt": "secret" });
    mkdirSync(join(folder, "links"));
    mkdirSync(join(folder, "fifo"));
    execFileSync("mkfifo", [join(folder, "fifo", "pipe")]);
    symlinkSync("nowhere", join(folder, "links", "broken.js"));
    symlinkSync(join(outside, "secret.txt"), join(folder, "links", "out.js"));
    symlinkSync("../dist", join(folder, "links", "folder"));
    const run = await gate(folder, inputs, push);
    expect(ended(run)).toEqual([2, "unknown"]);
    expect(run.outputs["summary"]).toContain(words);
  });

  it("a link to a file of the build is a file", async () => {
    const { folder, push } = project();
    edit(folder, { "dist/app.js": "12345" });
    symlinkSync("app.js", join(folder, "dist", "latest.js"));
    const run = await gate(folder, {}, push);
    expect(rows(run).map(({ path, sizes }) => [path, sizes?.["none"]])).toEqual([
      ["dist/app.js", 5],
      ["dist/latest.js", 5],
    ]);
  });

  it("names with spaces, umlauts, commands and markup stay names", async () => {
    const { folder, push } = project();
    const names = ["dist/a b.js", "dist/größe.js", "dist/::error::x.js", "dist/<img src=x>.js", "dist/[a](b).js", "dist/__proto__.js"];
    edit(folder, Object.fromEntries(names.map((name) => [name, `content of ${name}`])));
    const run = await gate(folder, {}, push);
    expect(
      rows(run)
        .map(({ path }) => path)
        .sort(),
    ).toEqual([...names].sort());
    const page = readFileSync((run.outputs["report"] ?? "").replace(/json$/, "html"), "utf8");
    expect(page).toContain("dist/&lt;img src=x&gt;.js");
    expect(page).not.toMatch(/<img|<script|http:|https:/);
  });
});
