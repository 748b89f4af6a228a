import { UserError } from "../frame/errors.ts";
import type { InputSpec, Manifest } from "../frame/manifest.ts";
import { didYouMean } from "../frame/nearest.ts";

export type Command =
  | { readonly kind: "help"; readonly action?: Manifest }
  | { readonly kind: "version" }
  | { readonly kind: "list"; readonly json: boolean }
  | { readonly kind: "demo" }
  | { readonly kind: "act"; readonly folder: string }
  | { readonly kind: "run"; readonly action: Manifest; readonly inputs: ReadonlyMap<string, string>; readonly json: boolean };

const commands = ["run", "list", "demo", "act", "help"];

/** What a command line asks for. Throws a `UserError` that names the nearest command, action or flag. */
export function parseCommand(args: readonly string[], actions: readonly Manifest[]): Command {
  const [command, ...rest] = args;
  if (command === undefined || command === "--help" || command === "-h") return { kind: "help" };
  if (command === "--version" || command === "-v") return { kind: "version" };
  if (command === "help") return rest[0] === undefined ? { kind: "help" } : { kind: "help", action: actionNamed(rest[0], actions) };
  if (command === "list") return { kind: "list", json: onlyFlag(rest, "--json", command) };
  if (command === "demo") {
    onlyFlag(rest, undefined, command);
    return { kind: "demo" };
  }
  if (command === "act") return parseAct(rest);
  if (command !== "run") {
    throw new UserError(`"${command}" is not a command.${didYouMean(command, commands)} Commands: ${commands.join(", ")}.`);
  }
  return parseRun(rest, actions);
}

function parseAct(args: readonly string[]): Command {
  const [flag, folder, ...others] = args;
  if (flag !== "--prepare" || folder === undefined || folder === "" || folder.startsWith("--") || others.length > 0) {
    throw new UserError("forge act takes --prepare and a new or empty folder: forge act --prepare /tmp/forge.");
  }
  return { kind: "act", folder };
}

function onlyFlag(args: readonly string[], flag: string | undefined, command: string): boolean {
  const other = args.find((arg) => arg !== flag);
  if (other !== undefined)
    throw new UserError(`forge ${command} does not take "${other}".${didYouMean(other, flag === undefined ? [] : [flag])}`);
  return args.length > 0;
}

function actionNamed(name: string, actions: readonly Manifest[]): Manifest {
  const found = actions.find(({ action }) => action === name);
  if (found !== undefined) return found;
  const names = actions.map(({ action }) => action);
  throw new UserError(`"${name}" is not an action.${didYouMean(name, names)} Actions: ${names.join(", ")}.`);
}

function parseRun(args: readonly string[], actions: readonly Manifest[]): Command {
  const [name, ...rest] = args;
  if (name === "--help" || name === "-h") return { kind: "help" };
  if (name === undefined) throw new UserError(`forge run needs an action. Actions: ${actions.map(({ action }) => action).join(", ")}.`);
  const action = actionNamed(name, actions);
  const inputs = new Map<string, string>();
  let json = false;
  const pending = [...rest];
  for (let argument = pending.shift(); argument !== undefined; argument = pending.shift()) {
    if (argument === "--help" || argument === "-h") return { kind: "help", action };
    if (argument === "--json" && !takesJson(action, pending[0])) json = true;
    else readFlag(argument, pending, action, inputs);
  }
  return { kind: "run", action, inputs, json };
}

/** An action may have an input of that name; without a value `--json` asks for the report all the same. */
function takesJson({ inputs }: Manifest, next: string | undefined): boolean {
  return "json" in inputs && next !== undefined && !next.startsWith("--");
}

/** `--name value`, `--name=value`, and for booleans `--name` alone. A list may be given several times. */
function readFlag(argument: string, pending: string[], { action, inputs: specs }: Manifest, inputs: Map<string, string>): void {
  const [, name = "", given] = /^--([^=]+)(?:=([\s\S]*))?$/.exec(argument) ?? [];
  const spec = specs[name];
  if (spec === undefined || !Object.hasOwn(specs, name)) {
    const flags = [...Object.keys(specs).map((one) => `--${one}`), "--json", "--help"];
    throw new UserError(
      `forge run ${action} has no flag "${argument.slice(0, 80)}".${didYouMean(argument.replace(/=[\s\S]*/, ""), flags)}`,
    );
  }
  const value = given ?? valueFor(name, spec, pending);
  const earlier = inputs.get(name);
  if (earlier !== undefined && spec.type !== "list") throw new UserError(`--${name} was given twice.`);
  inputs.set(name, earlier === undefined ? value : `${earlier}\n${value}`);
}

function valueFor(name: string, spec: InputSpec, pending: string[]): string {
  const next = pending[0];
  if (spec.type === "boolean") {
    if (next === "true" || next === "false") pending.shift();
    return next === "false" ? "false" : "true";
  }
  if (next === undefined || next.startsWith("--"))
    throw new UserError(`--${name} needs a value. To give one that begins with dashes, write --${name}=value.`);
  pending.shift();
  return next;
}
