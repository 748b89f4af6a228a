import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { hostileStrings } from "../../fixtures/hostile.ts";
import { cleanUp, temporaryFolder } from "../harness.ts";
import { play, told, world } from "./world.ts";

afterAll(cleanUp);

it.each([
  "$(touch owned)",
  "; touch owned",
  "`touch owned`",
  "| touch owned",
  "{from}",
  "::set-output name=decision::halted",
  "%0A::error::x",
  "\u202e0.1.1",
  "__proto__",
  "../../../etc/passwd",
])("the release %s stays an argument", async (name) => {
  const here = world();
  await here.run({ operation: "mark-good", to: name });
  here.deploy("1.1.0");
  const run = await here.run({ verdict: "fail", deployment: "2" });
  expect([run.outputs["decision"], run.outputs["to"], here.current()]).toEqual(["rolled-back", name, name]);
  expect(run.commands.filter(({ name: command }) => command === "set-output" || command === "error")).toEqual([]);
  expect(existsSync(join(here.folder, "owned"))).toBe(false);
});

it.each(["x", "中"])("environments and services with long names that differ at their end only (%s) have a ledger each", async (letter) => {
  const here = world();
  const long = letter.repeat(150);
  here.deploy("1.0.0");
  for (const end of ["1", "2"]) await here.run({ verdict: "pass", environment: long + end, service: long, deployment: "1" });
  here.deploy("1.1.0");
  const inputs = { verdict: "fail", service: long, deployment: "2" };
  expect(told(await here.run({ ...inputs, environment: `${long}1` }))).toBe("0 pass rolled-back 1.1.0→1.0.0");
  expect(here.book(`${long}2`, long)).toMatchObject({ attempts: [], pin: null, good: [{ release: "1.0.0" }] });
});

it.skipIf(process.platform === "win32")("what never ends, or is no folder, is told at once", async () => {
  const here = world();
  here.deploy("1.0.0");
  await here.run({ operation: "mark-good", to: "0.9.0" });
  expect((await here.run({ verdict: "fail", settings: "/dev/zero" }, { timeoutMs: 20_000 })).exitCode).toBe(2);
  rmSync(join(here.folder, ".forge", "locks"), { recursive: true, force: true });
  writeFileSync(join(here.folder, ".forge", "locks"), "");
  expect((await here.run({ verdict: "fail" }, { timeoutMs: 20_000 })).exitCode).toBe(3);
  expect(here.changes()).toEqual([]);
});

it("a release that would be an option is refused", async () => {
  const here = world();
  await here.run({ operation: "mark-good", to: "--force" });
  here.deploy("1.1.0");
  expect(told(await here.run({ verdict: "fail", deployment: "2" }))).toContain("refused artifact-missing");
});

it("hostile names of environments, services and deployments stay in their files and in the report", async () => {
  const free = hostileStrings.map(({ text }) => text.replaceAll(/\p{Cc}/gu, "").slice(0, 150)).filter((text) => text.trim() !== "");
  for (const text of free.filter((_, index) => index % 6 === 0)) {
    const here = world();
    here.deploy("1.0.0");
    const run = await here.run({ verdict: "pass", environment: text, service: text, deployment: text });
    expect([run.exitCode, run.outputs["decision"]], run.log).toEqual([0, "nothing-to-do"]);
  }
});

it.each([
  ["npm", "{packages: []}", "settings.packages"],
  ["npm", "{packages: ['../x'], registry: 'ftp://a'}", "settings.registry"],
  ["npm", "{package: a, packages: [a]}", '"package" is unknown'],
  ["oci", "{image: app, tag: latest}", "settings.image"],
  ["git-tag", "{tag: --force}", "settings.tag"],
  ["git-revert", "[]", "a mapping is needed"],
  ["kubernetes", "{deployment: 'a b'}", "settings.deployment"],
  ["helm", "{}", "settings.release"],
  ["command", "{current: 'rm -rf /', execute: [a]}", "settings.current"],
])("%s with %s is refused with 2", async (provider, settings, words) => {
  const run = await play(temporaryFolder(), { provider, settings, verdict: "fail", backend: "file" });
  expect([run.exitCode, run.outputs["verdict"]]).toEqual([2, "unknown"]);
  expect(run.outputs["summary"]).toContain(words);
});

it("a program that fails, says nothing or is not there is missing evidence", async () => {
  for (const current of ['["false"]', '["true"]', '["no-such-program-here"]']) {
    const run = await play(temporaryFolder(), {
      provider: "command",
      settings: `{current: ${current}, execute: [a]}`,
      verdict: "pass",
      backend: "file",
    });
    expect([2, 3]).toContain(run.exitCode);
    expect(run.outputs["verdict"]).toBe("unknown");
  }
});

it("bad targets of verify are told before anything is done", async () => {
  const here = world();
  here.deploy("1.0.0");
  await here.run({ operation: "mark-good" });
  here.deploy("1.1.0");
  for (const verify of ["[]", "[{name: a}]", "{a: b}"]) {
    expect((await here.run({ verdict: "fail", deployment: "2", verify })).exitCode).toBe(2);
  }
  const refused = await here.run({
    verdict: "fail",
    deployment: "2",
    verify: "[{name: a, url: 'http://127.0.0.1:9/'}]",
    "allow-private": "all",
  });
  expect(refused.outputs["summary"]).toContain("allow-private");
  expect(here.changes()).toEqual([]);
});

it("a bad release that somebody has brought back is no success", async () => {
  const here = world();
  here.deploy("1.0.0");
  await here.run({ operation: "mark-good" });
  here.deploy("1.1.0");
  await here.run({ verdict: "fail", deployment: "2" });
  here.deploy("1.1.0");
  expect(told(await here.run({ verdict: "fail", deployment: "2" }))).toContain("1 fail refused window");
  expect(told(await here.run({ verdict: "fail" }))).toContain("1 fail refused window");
  expect(told(await here.run({ verdict: "pass" }))).toContain("nothing-to-do");
  expect(here.book().good.map(({ release }) => release)).toEqual(["1.0.0"]);
  writeFileSync(join(here.folder, "note.txt"), "");
});
