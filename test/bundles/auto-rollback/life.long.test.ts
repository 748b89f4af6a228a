import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { cleanUp } from "../harness.ts";
import { bad } from "./taught.ts";
import { told, world } from "./world.ts";

afterAll(cleanUp);

it("counts the rollbacks of the environment's other services", async () => {
  const here = await bad();
  await here.run({ verdict: "fail", deployment: "d2" });
  await here.run({ operation: "mark-good", to: "0.9.0", service: "web" });
  expect(told(await here.run({ verdict: "fail", deployment: "w", service: "web" }))).toContain("refused");
});

it("leaves alone what a script has rolled back already, with older good releases at hand", async () => {
  const here = world();
  for (const release of ["0.9.0", "1.0.0"]) {
    here.deploy(release);
    await here.run({ operation: "mark-good" });
  }
  expect(told(await here.run({ verdict: "fail", deployment: "d2" }))).toBe("0 pass already-rolled-back target-is-current 1.0.0→1.0.0");
  expect(told(await here.run({ verdict: "fail" }))).toContain("1 fail refused target-is-current");
  expect(here.changes()).toEqual([]);
});

it.each(["", "OFF"])("the kill switch is off with %j", async (value) => {
  const here = await bad();
  expect(told(await here.run({ verdict: "fail", deployment: "d2", "kill-switch": value }))).toContain("rolled-back");
});

it("a damaged ledger means no effect, and is not rebuilt", async () => {
  for (const damage of ["{", "", '{"schema":"forge-releases/1"}']) {
    const here = await bad();
    const path = join(here.folder, ".forge", "ledger", "releases", "production", "default.json");
    writeFileSync(path, damage);
    const run = await here.run({ verdict: "fail", deployment: "d2" });
    expect([run.exitCode, run.outputs["verdict"]]).toEqual([3, "unknown"]);
    expect(readFileSync(path, "utf8")).toBe(damage);
    expect((await here.run({ verdict: "pass" })).exitCode).toBe(3);
    expect(here.changes()).toEqual([]);
  }
});

it("a book that is gone while the journal knows it, or a torn journal, is damage", async () => {
  const here = await bad();
  const path = join(here.folder, ".forge", "ledger", "releases", "production", "default.json");
  const text = readFileSync(path, "utf8");
  rmSync(path);
  expect((await here.run({ verdict: "pass", deployment: "d2" })).exitCode).toBe(3);
  expect(existsSync(path)).toBe(false);
  writeFileSync(path, text);
  const folder = join(here.folder, ".forge", "ledger", "ledger", "production");
  const [journal = ""] = readdirSync(folder);
  writeFileSync(join(folder, journal), `${readFileSync(join(folder, journal), "utf8").trim().slice(0, -4)}\n`);
  expect((await here.run({ verdict: "fail", deployment: "d2" })).exitCode).toBe(3);
  expect(here.changes()).toEqual([]);
});
