import { isUserError, UserError } from "./errors.ts";
import type { InputSpec, Inputs, Manifest, YamlInput } from "./manifest.ts";
import { didYouMean } from "./nearest.ts";
import { parseBytes, parseDecimal, parseDuration, parseInteger, parseNumber } from "./numbers.ts";

/** A value before parsing. A value from a file is YAML already and knows its place. */
export type Given =
  | { readonly from: "input"; readonly text: string }
  | { readonly from: "file"; readonly text: string; readonly node: YamlInput };

/** Turns the text of a `yaml` input (inline, or a file's path relative to the working directory) into a value that knows its places. */
export type YamlReader = (name: string, text: string, folder: string) => Promise<YamlInput>;

export interface ParsedInputs<M extends Manifest> {
  readonly inputs: Inputs<M>;
  /** What was used, as text, without secrets: for the report. */
  readonly shown: Readonly<Record<string, string>>;
  readonly problems: readonly string[];
}

/**
 * Parses every input and collects every problem, each as what was given, what is allowed and an example.
 * `given` tells the value of an input, or `undefined` when it was left out.
 */
export async function parseInputs<M extends Manifest>(
  manifest: M,
  given: (name: string) => Given | undefined,
  readYaml: YamlReader,
): Promise<ParsedInputs<M>> {
  const inputs: Record<string, unknown> = {};
  const shown: Record<string, string> = {};
  const problems: string[] = [];
  const folder = given("working-directory")?.text ?? ".";
  for (const [name, spec] of Object.entries(manifest.inputs)) {
    const value = given(name) ?? fallbackOf(spec);
    if (value !== undefined && spec.type !== "secret") shown[name] = value.text;
    try {
      if (value === undefined) inputs[name] = refuseMissing(name, spec);
      else
        inputs[name] =
          spec.type === "yaml" && value.from === "input" ? await readYaml(name, value.text, folder) : parseValue(name, spec, value);
    } catch (error) {
      if (!isUserError(error)) throw error;
      // Nobody can say what is secret in YAML that could not be read.
      if (spec.type === "yaml") delete shown[name];
      problems.push(...(error.problems.length > 0 ? error.problems : [error.message]));
    }
  }
  return { inputs: inputs as Inputs<M>, shown, problems };
}

function refuseMissing(name: string, spec: InputSpec): undefined {
  if (spec.required) throw new UserError(`${name}: is required, and nothing was given.${exampleOf(spec)}`);
  return undefined;
}

function fallbackOf(spec: InputSpec): Given | undefined {
  return spec.fallback === undefined ? undefined : { from: "input", text: spec.fallback };
}

function parseValue(name: string, spec: InputSpec, given: Given): unknown {
  const place = given.from === "file" ? `${given.node.where([])}: ${name}` : name;
  if (spec.type === "yaml") return given.from === "file" ? given.node : undefined;
  if (given.from === "file") refuseStructure(place, spec, given.node.value);
  const text = spec.type === "string" || spec.type === "secret" ? given.text : given.text.trim();
  const parsed = parsers[spec.type](text, spec);
  if (parsed === undefined) {
    throw new UserError(
      `${place}: "${shorten(given.text)}" is not ${article(spec.type)}. Allowed: ${allowedOf(spec)}.${hintOf(text, spec)}${exampleOf(spec)}`,
    );
  }
  return parsed;
}

function refuseStructure(place: string, spec: InputSpec, value: unknown): void {
  if (spec.type === "secret") throw new UserError(`${place}: a secret does not belong in a file. Give it to the step, from \`secrets\`.`);
  const plain = value === null || typeof value !== "object";
  const list = Array.isArray(value) && value.every((item) => item === null || typeof item !== "object");
  if (plain || (list && spec.type === "list")) return;
  throw new UserError(`${place}: a ${Array.isArray(value) ? "list" : "mapping"} was given. Allowed: ${allowedOf(spec)}.${exampleOf(spec)}`);
}

type Parser = (text: string, spec: InputSpec) => unknown;

const parsers: Readonly<Record<Exclude<InputSpec["type"], "yaml">, Parser>> = {
  string: (text) => (hasControl(text) ? undefined : text),
  secret: (text) => text,
  boolean: (text) => ({ true: true, false: false })[text.toLowerCase()],
  integer: (text, spec) => within(parseInteger(text), spec),
  number: (text, spec) => within(parseNumber(text), spec),
  percent: (text, spec) => {
    const value = parseDecimal(text);
    return value !== undefined && within(Number(value.units) / 10 ** value.scale, spec) !== undefined ? value : undefined;
  },
  duration: (text) => parseDuration(text),
  bytes: (text) => parseBytes(text),
  enum: (text, spec) => (optionsOf(spec).includes(text) ? text : undefined),
  list: (text, spec) => parseList(text, optionsOf(spec)),
  path: (text) => (text === "" || hasControl(text) ? undefined : text),
};

function parseList(text: string, options: readonly string[]): readonly string[] | undefined {
  const items = text
    .split(options.length > 0 ? /[\n,]/ : "\n")
    .map((item) => item.trim())
    .filter((item) => item !== "");
  if (items.some((item) => hasControl(item))) return undefined;
  return options.length === 0 || items.every((item) => options.includes(item)) ? items : undefined;
}

function within(value: number | undefined, spec: InputSpec): number | undefined {
  const { minimum, maximum } = limitsOf(spec);
  return value === undefined || value < minimum || value > maximum ? undefined : value;
}

function limitsOf(spec: InputSpec): { minimum: number; maximum: number } {
  const percent = spec.type === "percent";
  const minimum = "minimum" in spec ? spec.minimum : undefined;
  const maximum = "maximum" in spec ? spec.maximum : undefined;
  return { minimum: minimum ?? (percent ? 0 : Number.NEGATIVE_INFINITY), maximum: maximum ?? (percent ? 100 : Number.POSITIVE_INFINITY) };
}

function optionsOf(spec: InputSpec): readonly string[] {
  return "options" in spec ? spec.options : [];
}

function hasControl(text: string): boolean {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if ((code < 32 && code !== 9 && code !== 10) || code === 127) return true;
  }
  return false;
}

const words: Readonly<Record<Exclude<InputSpec["type"], "enum" | "list">, string>> = {
  string: "a text without control characters",
  boolean: "`true` or `false`",
  integer: "a whole number",
  number: "a number",
  percent: "a number",
  duration: "a number with a unit (ms, s, m, h, d)",
  bytes: "a number of bytes, with or without a unit (B, kB, KiB, MB, MiB)",
  yaml: "YAML, or the path of a YAML file",
  path: "a path without control characters",
  secret: "a text",
};

function allowedOf(spec: InputSpec): string {
  const options = optionsOf(spec);
  if (options.length > 0) return `${spec.type === "list" ? "any of " : ""}${options.join(", ")}`;
  if (spec.type === "list") return "one item per line";
  if (spec.type === "enum") return "nothing";
  const { minimum, maximum } = limitsOf(spec);
  const bounded = Number.isFinite(minimum) && Number.isFinite(maximum);
  if (bounded) return `${words[spec.type]} from ${minimum} to ${maximum}`;
  if (Number.isFinite(minimum)) return `${words[spec.type]}, at least ${minimum}`;
  return Number.isFinite(maximum) ? `${words[spec.type]}, at most ${maximum}` : words[spec.type];
}

function article(type: InputSpec["type"]): string {
  const names: Readonly<Record<string, string>> = {
    enum: "one of its options",
    list: "a valid list",
    integer: "a whole number",
    percent: "a percentage",
  };
  return names[type] ?? `a valid ${type}`;
}

function exampleOf(spec: InputSpec): string {
  const example = spec.example ?? spec.fallback;
  return example === undefined || example === "" || example.includes("\n") ? "" : ` Example: ${example}`;
}

function hintOf(text: string, spec: InputSpec): string {
  return didYouMean(text, optionsOf(spec));
}

/** Long values are shown by their beginning, so that a message stays one line. */
export function shorten(text: string, length = 80): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= length ? line : `${line.slice(0, length)}…`;
}
