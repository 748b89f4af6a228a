import { execFileSync } from "node:child_process";
import { cpSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, it } from "vitest";
import { cleanUp, root, temporaryFolder } from "../harness.ts";
import { ended, gate } from "./gate.ts";

afterAll(cleanUp);

it("our own entries, and the archive that a `uses:` downloads, are within our budgets", async () => {
  const folder = temporaryFolder();
  for (const name of readdirSync(join(root, "dist"))) {
    if (name !== "shared") cpSync(join(root, "dist", name, "index.js"), join(folder, "entries", `${name}.js`));
  }
  const tree = execFileSync("git", ["archive", "--format=tar", "HEAD"], {
    cwd: root,
    maxBuffer: 2 ** 28,
    stdio: ["ignore", "pipe", "ignore"],
  });
  writeFileSync(join(folder, "archive.tar.gz"), gzipSync(tree));
  const budgets =
    "- name: entries\n  files: entries/*.js\n  scope: group\n  max: 0.6 MB\n- name: download\n  files: archive.tar.gz\n  compression: none\n  max: 1.4 MB";
  const run = await gate(folder, { files: "**", compression: "gzip", budgets });
  expect(ended(run), run.log).toEqual([0, "pass"]);
});
