import { visible } from "../frame/printable.ts";
import type { Finding, Report } from "./model.ts";

export { type ReadLimits, readReport } from "./read-report.ts";

/** The version of the format; grows only when a reader of the old one would misunderstand. */
export const reportSchemaVersion = "forge-report/1";

/**
 * A report as JSON, without a line break at the end: a stable order of keys, a line for each key and each item of a list, so that it can be read,
 * searched and compared. Characters that a terminal or a runner could obey are written as `\u` escapes, which JSON readers turn back.
 * Throws for numbers that JSON has no word for: a report that silently says `null` would be wrong.
 */
export function renderJson(report: Report): string {
  const entries: readonly (readonly [string, unknown])[] = [
    ["schema", reportSchemaVersion],
    ["action", report.action],
    ["id", report.id],
    ["version", report.version],
    ["verdict", report.verdict],
    ["enforced", report.enforced],
    ["headline", report.headline],
    ["outputs", report.outputs],
    ["rules", report.rules.map(({ name, verdict, actual, limit, unit, why, path }) => ({ name, verdict, actual, limit, unit, why, path }))],
    ["notes", report.notes ?? []],
    ["findings", report.findings.map(ordered)],
    ["inputs", report.inputs],
    ["commit", report.commit],
    ["head", report.head],
    ["base", report.base],
    ["baseline", report.baseline],
    ["runUrl", report.runUrl],
    ["sections", report.sections],
    ["data", report.data],
  ];
  const lines = entries
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `  ${JSON.stringify(key)}: ${written(value, key)}`);
  return `{\n${lines.join(",\n")}\n}`;
}

function ordered({ rule, severity, message, path, line, endLine, column, endColumn, ...rest }: Finding): Finding {
  return { rule, severity, message, ...definedOnly({ path, line, endLine, column, endColumn }), ...rest };
}

function definedOnly(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function written(value: unknown, key: string): string {
  if (Array.isArray(value) && value.length > 0) return `[\n${value.map((item) => `    ${compact(item, key)}`).join(",\n")}\n  ]`;
  return compact(value, key);
}

function compact(value: unknown, key: string): string {
  const json = JSON.stringify(value, (name, item: unknown) => {
    if (typeof item === "number" && !Number.isFinite(item))
      throw new TypeError(`The report has the number ${item} in "${key}" at "${name}".`);
    return item;
  });
  return visible(json, unicodeEscape).replaceAll("##[", "##\\u005b");
}

/** What cannot be seen stands in strings only, and there an escape is the same character. */
function unicodeEscape(character: string): string {
  return Array.from({ length: character.length }, (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`).join("");
}
