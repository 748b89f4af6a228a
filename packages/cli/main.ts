#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { isUserError } from "../frame/errors.ts";
import { printable } from "../frame/printable.ts";
import { actions } from "./actions.ts";
import { localEnvironment } from "./adapters/repository.ts";
import { type Command, parseCommand } from "./arguments.ts";
import { actionHelp, actionTable, generalHelp } from "./help.ts";

const here = import.meta.url;

async function run(command: Command): Promise<void> {
  switch (command.kind) {
    case "help":
      process.stdout.write(command.action === undefined ? generalHelp(actions) : actionHelp(command.action));
      return;
    case "version":
      process.stdout.write(`forge ${version()}\n`);
      return;
    case "list":
      process.stdout.write(command.json ? `${JSON.stringify(actions, undefined, 2)}\n` : actionTable(actions));
      return;
    case "demo":
      process.exitCode = await (await import("./adapters/demo.ts")).demo(new URL("../../examples/", here), new URL(here));
      return;
    case "act":
      process.stdout.write(`${(await import("./adapters/act.ts")).prepareForAct(command.folder, new URL("../../", here))}\n`);
      return;
    case "run":
      return runAction(command);
  }
}

function version(): string {
  const { version: found }: { version?: unknown } = JSON.parse(readFileSync(new URL("../../package.json", here), "utf8"));
  return String(found);
}

/** Sets up what a runner would, and loads the very bundle that a runner loads, in this process. */
async function runAction({ action, inputs, json }: Extract<Command, { kind: "run" }>): Promise<void> {
  for (const name of Object.keys(process.env)) if (name.startsWith("INPUT_")) delete process.env[name];
  if (process.env["GITHUB_ACTIONS"] !== "true") Object.assign(process.env, localEnvironment(process.cwd()));
  const token = process.env["GITHUB_TOKEN"];
  if (token !== undefined && "token" in action.inputs) process.env["INPUT_TOKEN"] = token;
  for (const [name, value] of inputs) process.env[`INPUT_${name.toUpperCase()}`] = value;
  process.env["FORGE_TERMINAL"] = "1";
  process.env["FORGE_JSON"] = json ? "1" : "";
  const bundle = new URL(`../${action.action}/index.js`, here);
  await import(/* webpackIgnore: true */ bundle.href);
}

// A reader that has seen enough, such as head, is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

try {
  await run(parseCommand(process.argv.slice(2), actions));
} catch (error) {
  if (!isUserError(error)) throw error;
  process.stderr.write(`forge: ${printable(error.message)}\n`);
  process.exitCode = error.exitCode;
}
