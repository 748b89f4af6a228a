import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { InputSpec, OutputSpec } from "../../packages/frame/manifest.ts";

/** An action's declaration as it stands in its folder. */
export interface ActionSource {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly version: string;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  readonly outputs: Readonly<Record<string, OutputSpec>>;
  /** JSON schema of `data` in the action's report. */
  readonly dataSchema: Readonly<Record<string, unknown>>;
}

const types = ["string", "boolean", "integer", "number", "percent", "duration", "bytes", "enum", "list", "yaml", "path", "secret"];
const inputKeys = [
  "description",
  "type",
  "fallback",
  "required",
  "default",
  "example",
  "options",
  "minimum",
  "maximum",
  "deprecationMessage",
];
const commonOutputs = ["verdict", "summary", "report"];

/** Reads every `actions/<name>/action.yml`; throws on a declaration that the frame could not hold to. */
export function readActions(root: string): ActionSource[] {
  return readdirSync(join(root, "actions"))
    .sort()
    .filter((name) => existsSync(join(root, "actions", name, "action.yml")))
    .map((name) => readAction(root, name));
}

function readAction(root: string, name: string): ActionSource {
  const home = join(root, "actions", name);
  const declared = parse(readFileSync(join(home, "action.yml"), "utf8")) as Omit<ActionSource, "title"> & { name: string };
  const { version } = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as { version: string };
  const dataSchema = JSON.parse(readFileSync(join(home, "report-data.schema.json"), "utf8")) as Record<string, unknown>;
  for (const [input, spec] of Object.entries(declared.inputs)) checkInput(`${name}: input ${input}`, spec);
  for (const [output, spec] of Object.entries(declared.outputs)) {
    if (!spec.description) throw new Error(`${name}: output ${output} has no description.`);
  }
  for (const output of commonOutputs) if (!(output in declared.outputs)) throw new Error(`${name}: the output ${output} is missing.`);
  const { description, inputs, outputs } = declared;
  return { name, title: declared.name, description, version, inputs, outputs, dataSchema };
}

function checkInput(place: string, spec: InputSpec): void {
  const unknown = Object.keys(spec).filter((key) => !inputKeys.includes(key));
  if (unknown.length > 0) throw new Error(`${place} has unknown keys: ${unknown.join(", ")}.`);
  if (!spec.description) throw new Error(`${place} has no description.`);
  if (!types.includes(spec.type)) throw new Error(`${place} has the unknown type "${String(spec.type)}".`);
  if (spec.default !== undefined && spec.type !== "secret")
    throw new Error(`${place} has a default: the runner would fill it in, so use fallback.`);
  if (spec.fallback !== undefined && typeof spec.fallback !== "string") throw new Error(`${place}: fallback must be a quoted text.`);
  if (spec.type === "enum" && !("options" in spec && spec.options.length > 1)) throw new Error(`${place} is an enum without options.`);
}
