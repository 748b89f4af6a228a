import { UserError } from "../frame/errors.ts";
import { printableLine } from "../frame/printable.ts";
import type { Block, Column, Finding, Inline, Report, Rule, Text } from "./model.ts";
import {
  type Check,
  either,
  fields,
  finite,
  listOf,
  matching,
  objectOf,
  oneOf,
  recordOf,
  ShapeError,
  text,
  truth,
  whole,
} from "./shape.ts";

export interface ReadLimits {
  readonly maxBytes?: number;
  /** Nested lists and objects. */
  readonly maxDepth?: number;
  /** Lists, objects and separators: what memory is spent on. */
  readonly maxValues?: number;
}

const defaults = { maxBytes: 16 * 1024 ** 2, maxDepth: 40, maxValues: 2_000_000 } as const;
const schema = "forge-report/1";

/**
 * Reads a report that someone else wrote. Size, depth and number of values are checked before anything is parsed, then every known key's type; unknown
 * keys are dropped, so a report of a newer minor version can be read. Keys that could reach a prototype are refused. Texts are taken as they are:
 * renderers escape them. Throws a `UserError` (exit code 2) that names `source` and the place; exit code 3 where the report contradicts itself.
 */
export function readReport(json: string | Uint8Array, source: string = "the report", limits: ReadLimits = {}): Report {
  const name = printableLine(source, 300);
  try {
    const value = parsed(json, { ...defaults, ...limits });
    if (fields(value, "it").schema !== schema) throw new ShapeError(unknownSchema(fields(value, "it").schema));
    refuseKeys(value, true);
    const report = reportShape(value, "report");
    const told = report.outputs.verdict;
    if (told !== undefined && told !== report.verdict) {
      throw new UserError(
        `${name} contradicts itself: its verdict is ${report.verdict}, its output "verdict" is ${printableLine(told, 80)}.`,
        { exitCode: 3 },
      );
    }
    return report;
  } catch (error) {
    if (error instanceof ShapeError || error instanceof SyntaxError) {
      throw new UserError(`${name} is not a report of Forge: ${printableLine(error.message, 400)}.`, { cause: error });
    }
    throw error;
  }
}

function unknownSchema(given: unknown): string {
  const newer = typeof given === "string" && given.startsWith("forge-report/");
  return newer
    ? `its format is ${given}, and this version reads ${schema}; use a newer version of the action`
    : `its "schema" is not "${schema}"`;
}

function parsed(json: string | Uint8Array, limits: Required<ReadLimits>): unknown {
  const size = typeof json === "string" ? Buffer.byteLength(json) : json.length;
  if (size > limits.maxBytes) throw new ShapeError(`it has ${size} bytes, allowed are ${limits.maxBytes}`);
  const content = typeof json === "string" ? json : decoded(json);
  measure(content, limits);
  return JSON.parse(content);
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new ShapeError("it is not UTF-8");
  }
}

const quote = 0x22;
const backslash = 0x5c;
const opening = new Set([0x5b, 0x7b]);
const closing = new Set([0x5d, 0x7d]);
const comma = 0x2c;

/** Counts without building anything, because a megabyte of brackets becomes a hundred of lists. */
function measure(content: string, { maxDepth, maxValues }: Required<ReadLimits>): void {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < content.length; at++) {
    const unit = content.charCodeAt(at);
    if (unit === quote) at = endOfString(content, at);
    else if (opening.has(unit)) {
      depth++;
      values++;
    } else if (closing.has(unit)) depth--;
    else if (unit === comma) values++;
    if (depth > maxDepth) throw new ShapeError(`it is nested deeper than ${maxDepth} levels`);
    if (values > maxValues) throw new ShapeError(`it has more than ${maxValues} values`);
  }
}

function endOfString(content: string, start: number): number {
  let at = start + 1;
  while (at < content.length && content.charCodeAt(at) !== quote) at += content.charCodeAt(at) === backslash ? 2 : 1;
  return at;
}

/** `data` belongs to the action: there `constructor` may be somebody's file or function. */
function refuseKeys(value: unknown, top: boolean, inData: boolean = false): void {
  if (typeof value === "number" && !Number.isFinite(value)) throw new ShapeError("it has a number that is too large");
  if (typeof value !== "object" || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    const reserved = key === "__proto__" || (!inData && (key === "constructor" || key === "prototype"));
    if (reserved) throw new ShapeError(`it has the key "${key}"`);
    refuseKeys(item, false, inData || (top && key === "data"));
  }
}

const isText = (value: unknown) => typeof value === "string";
const numberOrText = either(text, finite, isText);

const codePiece = objectOf<{ code: string }, object>({ code: text }, {});
const strongPiece = objectOf<{ strong: string }, object>({ strong: text }, {});
const linkPiece = objectOf<{ link: string; text: string }, { code: boolean }>({ link: text, text }, { code: truth });
const placePiece = objectOf<{ place: string }, { line: number; endLine: number; text: string }>(
  { place: text },
  { line: whole(1), endLine: whole(1), text },
);

const inline: Check<Inline> = (value, at) => {
  if (typeof value === "string") return value;
  const given = fields(value, at);
  if (Object.hasOwn(given, "link")) return linkPiece(given, at);
  if (Object.hasOwn(given, "place")) return placePiece(given, at);
  return Object.hasOwn(given, "strong") ? strongPiece(given, at) : codePiece(given, at);
};
const richText: Check<Text> = either(listOf(inline), inline, Array.isArray);

const column = objectOf<{ title: string }, Pick<Required<Column>, "align">>({ title: text }, { align: oneOf(["left", "right"]) });
type Labelled = { label: string; value: number }[];
const labelled: Check<Labelled> = listOf(objectOf<{ label: string; value: number }, object>({ label: text, value: finite }, {}));

const blocks: { readonly [K in Block["kind"]]: Check<Omit<Extract<Block, { kind: K }>, "kind">> } = {
  paragraph: objectOf<{ text: Text }, object>({ text: richText }, {}),
  list: objectOf<{ items: Text[] }, object>({ items: listOf(richText) }, {}),
  table: objectOf<{ columns: Column[]; rows: Text[][] }, { more: number }>(
    { columns: listOf(column), rows: listOf(listOf(richText)) },
    { more: whole(0) },
  ),
  code: objectOf<{ text: string }, { language: string }>({ text }, { language: text }),
  trend: objectOf<{ title: string; unit: string; points: Labelled }, object>({ title: text, unit: text, points: labelled }, {}),
  bars: objectOf<{ title: string; unit: string; bars: Labelled }, object>({ title: text, unit: text, bars: labelled }, {}),
};

/** A kind that this version does not know is named where it would stand, so that nobody takes the report for whole. */
const block: Check<Block> = (value, at) => {
  const kind = text(fields(value, at).kind, `${at}.kind`);
  if (!Object.hasOwn(blocks, kind))
    return { kind: "paragraph", text: `Not shown: a part of the kind "${kind}", which this version does not know.` };
  return { kind, ...blocks[kind as Block["kind"]](value, at) } as Block;
};

const section = objectOf<{ title: string; blocks: Block[] }, { folded: boolean }>(
  { title: text, blocks: listOf(block) },
  { folded: truth },
);

const rule = objectOf<Pick<Rule, "name" | "verdict">, Required<Omit<Rule, "name" | "verdict">>>(
  { name: text, verdict: oneOf(["pass", "warn", "fail", "neutral", "unknown"]) },
  { actual: numberOrText, limit: numberOrText, unit: text, why: text, path: text },
);

const findingBase = objectOf(
  { rule: text, severity: oneOf(["error", "warning", "notice"]), message: text },
  { path: text, line: whole(1), endLine: whole(1), column: whole(1), endColumn: whole(1) },
);
const finding: Check<Finding> = (value, at) => ({ ...fields(value, at), ...findingBase(value, at) });

const anything: Check<unknown> = (value) => value;

const reportShape: Check<Report> = objectOf(
  {
    action: matching(/^[a-z][a-z0-9-]{0,63}$/, "the name of an action"),
    id: matching(/^[A-Za-z0-9._-]{0,64}$/, "an id of letters, digits, dots, underscores and dashes"),
    version: text,
    verdict: oneOf(["pass", "fail", "neutral", "unknown"]),
    enforced: truth,
    headline: text,
    outputs: recordOf(text),
    rules: listOf(rule),
    findings: listOf(finding),
    inputs: recordOf(anything),
    commit: text,
    sections: listOf(section),
    data: fields,
  },
  {
    notes: listOf(text),
    head: text,
    base: text,
    baseline: objectOf({ commit: text, distance: whole(0) }, {}),
    runUrl: text,
  },
);
