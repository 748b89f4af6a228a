import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { project, share } from "./coverage-gate/gate.ts";
import { cleanUp, root, temporaryFolder } from "./harness.ts";

/** npm without network, and with nothing of this machine's own settings. */
function npm(folder: string, ...args: readonly string[]): string {
  const quiet = ["--offline", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", `--cache=${join(folder, ".npm")}`];
  return execFileSync("npm", [...args, ...quiet], { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

let installed = "";
let user = "";
beforeAll(() => {
  // Packed from a copy, so that whatever else goes on in the checkout cannot change it meanwhile.
  const copy = temporaryFolder();
  const { files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { files: readonly string[] };
  const tops = new Set([...files.map((pattern) => pattern.split("/")[0] ?? ""), "package.json", "README.md", "LICENSE"]);
  for (const top of tops) if (existsSync(join(root, top))) cpSync(join(root, top), join(copy, top), { recursive: true });
  const packed = npm(copy, "pack", "--json", "--pack-destination", copy);
  const [{ filename = "" } = {}] = JSON.parse(packed) as { filename?: string }[];
  user = temporaryFolder();
  npm(user, "install", "--prefix", user, join(copy, filename));
  installed = join(user, "node_modules", "forge");
});
afterAll(cleanUp);

function forge(folder: string, ...args: readonly string[]): ReturnType<typeof spawnSync> & { stdout: string; stderr: string } {
  const env = { PATH: `${dirname(process.execPath)}:${process.env["PATH"]}`, HOME: user };
  return spawnSync(join(user, "node_modules", ".bin", "forge"), args, { cwd: folder, encoding: "utf8", env });
}

describe("the npm package", () => {
  it("holds what runs and nothing else: no source, no test, no dependency", () => {
    const names = readdirSync(installed, { recursive: true, encoding: "utf8" });
    expect(names).toContain(join("dist", "coverage-gate", "index.js"));
    expect(names.filter((name) => /\.(ts|map)$|^(test|packages|scripts|node_modules)\//.test(name))).toEqual([]);
    expect(readdirSync(join(user, "node_modules")).filter((name) => !name.startsWith("."))).toEqual(["forge"]);
  });

  it("runs the command, the gate and its lazy parts", () => {
    const { folder } = project({ "src/a.js": share(8, 10) }, { ".forge.yml": "coverage-gate:\n  minimum: 80\n" });
    expect(forge(folder, "--version").stdout).toMatch(/^forge /);
    const good = forge(folder, "run", "coverage-gate", "--json");
    expect([good.status, (JSON.parse(good.stdout) as { verdict: string }).verdict], good.stderr).toEqual([0, "pass"]);
    expect(forge(folder, "run", "coverage-gate", "--minimum", "81").status).toBe(1);
  });

  it("brings the example that the demo needs", () => {
    const demo = forge(user, "demo");
    expect([demo.status, demo.stdout], demo.stderr).toEqual([0, expect.stringContaining("fail · coverage-gate")]);
  });
});
