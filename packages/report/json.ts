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
  return [...renderJsonPieces(report)].join("");
}

/** The same text in pieces, each made when it is asked for: the evidence of a large run is tens of megabytes, and each copy would have to fit into memory. */
export function* renderJsonPieces(report: Report): Generator<string> {
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
    ["findings", report.findings],
    ["inputs", report.inputs],
    ["commit", report.commit],
    ["head", report.head],
    ["base", report.base],
    ["baseline", report.baseline],
    ["runUrl", report.runUrl],
    ["sections", report.sections],
    ["data", report.data],
  ];
  let open = "{\n";
  for (const [key, value] of entries.filter(([, each]) => each !== undefined)) {
    yield `${open}  ${JSON.stringify(key)}: `;
    if (Array.isArray(value) && value.length > 0) yield* itemPieces(value, key, ["[\n    ", ",\n    ", "\n  ]"]);
    else if (key === "data") yield* fieldPieces(value);
    else yield compact(value, key);
    open = ",\n";
  }
  yield "\n}";
}

function* itemPieces(items: readonly unknown[], key: string, [open, between, close]: readonly [string, string, string]): Generator<string> {
  for (const [index, item] of items.entries()) {
    yield index === 0 ? open : between;
    yield compact((key === "findings" ? ordered(item as Finding) : item) ?? null, key);
  }
  yield items.length === 0 ? open + close : close;
}

/** Evidence: its lists are what is long. */
function* fieldPieces(value: unknown): Generator<string> {
  let separator = "{";
  for (const [name, field] of Object.entries(value ?? {})) {
    if (field === undefined) continue;
    yield separator;
    if (Array.isArray(field)) {
      yield `${compact(name, "data")}:`;
      yield* itemPieces(field, "data", ["[", ",", "]"]);
    } else yield compact({ [name]: field }, "data").slice(1, -1);
    separator = ",";
  }
  yield separator === "{" ? "{}" : "}";
}

function ordered({ rule, severity, message, path, line, endLine, column, endColumn, ...rest }: Finding): Finding {
  return { rule, severity, message, ...definedOnly({ path, line, endLine, column, endColumn }), ...rest };
}

function definedOnly(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
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
