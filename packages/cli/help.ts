import type { InputSpec, Manifest } from "../frame/manifest.ts";

/** `forge --help`. */
export function generalHelp(actions: readonly Manifest[]): string {
  return `forge runs the very bundles that CI runs, with the same verdict.

  forge run <action> [--<input> <value> …] [--json]   judge this repository
  forge list [--json]                                 what there is
  forge demo                                          see it work, in a temporary repository
  forge act --prepare <folder>                        write the library as act can run it
  forge help <action>                                 the inputs of an action
  forge --version

Settings may stand in .forge.yml at the repository's root; flags win.
Exit codes: 0 pass or neutral, 1 fail, 2 something given is wrong, 3 the evidence is missing.

${actionTable(actions)}`;
}

/** `forge list`: a line for each action. */
export function actionTable(actions: readonly Manifest[]): string {
  const width = Math.max(...actions.map(({ action }) => action.length));
  return actions.map(({ action, description }) => `  ${action.padEnd(width)}  ${description}\n`).join("");
}

/** `forge help <action>`: every input, from its declaration. */
export function actionHelp({ action, description, inputs }: Manifest): string {
  const parts = Object.entries(inputs).map(
    ([name, spec]) => `  --${name} <${shape(spec)}>${fallback(spec)}\n${wrap(spec.description, 6, 96)}`,
  );
  return `forge run ${action}: ${description}\n\n${parts.join("\n")}\n  --json\n      Print the report as JSON, and nothing else, on stdout.\n`;
}

function shape(spec: InputSpec): string {
  return "options" in spec && spec.type === "enum" ? spec.options.join("|") : spec.type;
}

function fallback(spec: InputSpec): string {
  return spec.fallback === undefined ? "" : `  (${spec.fallback})`;
}

function wrap(text: string, indent: number, width: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.replaceAll("`", "").split(/\s+/)) {
    if (line !== "" && indent + line.length + word.length >= width) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => `${" ".repeat(indent)}${one}`).join("\n");
}
