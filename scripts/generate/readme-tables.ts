import type { InputSpec } from "../../packages/frame/manifest.ts";
import type { ActionSource } from "./action-source.ts";

/** Replaces what stands between `<!-- generated: inputs -->` (or outputs) and `<!-- end -->`; a README without the markers is an error. */
export function fillTables(readme: string, action: ActionSource): string {
  return fill(fill(readme, "inputs", inputTable(action), action.name), "outputs", outputTable(action), action.name);
}

function fill(readme: string, part: string, table: string, name: string): string {
  const markers = new RegExp(`(<!-- generated: ${part} -->\n)[\\s\\S]*?(<!-- end -->)`);
  if (!markers.test(readme))
    throw new Error(`actions/${name}/README.md has no place for its ${part}: <!-- generated: ${part} --> … <!-- end -->`);
  return readme.replace(markers, (_, open: string, close: string) => `${open}${table}${close}`);
}

function inputTable({ inputs }: ActionSource): string {
  const rows = Object.entries(inputs).map(
    ([name, spec]) => `| \`${name}\` | ${typeOf(spec)} | ${fallbackOf(spec)} | ${cell(spec.description)} |`,
  );
  return `| input | type | default | what it does |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n`;
}

function outputTable({ outputs }: ActionSource): string {
  const rows = Object.entries(outputs).map(([name, { description }]) => `| \`${name}\` | ${cell(description)} |`);
  return `| output | what it holds |\n| --- | --- |\n${rows.join("\n")}\n`;
}

function typeOf(spec: InputSpec): string {
  return "options" in spec
    ? `${spec.type === "list" ? "list of " : ""}${spec.options.map((option) => `\`${option}\``).join(", ")}`
    : spec.type;
}

function fallbackOf(spec: InputSpec): string {
  const value = spec.fallback ?? spec.default;
  return value === undefined ? "" : `\`${value}\``;
}

function cell(text: string): string {
  return text
    .replaceAll("|", "\\|")
    .replaceAll("\n", " ")
    .replace(/<(\w+)>/g, "&lt;$1&gt;");
}
