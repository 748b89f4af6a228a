import type { Stats } from "../model.ts";
import { isJson, type Json, listOf, texts } from "./json.ts";

/** Version 3 with mappings, or sections of such maps. */
export function isSourceMap(picked: unknown): picked is Json {
  return isJson(picked) && picked["version"] === 3 && (typeof picked["mappings"] === "string" || Array.isArray(picked["sections"]));
}

const digits = new Map(
  [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"].map((character, value) => [character.charCodeAt(0), value]),
);

interface Segment {
  readonly line: number;
  readonly column: number;
  /** Index of the source; -1 where the text comes from none. */
  readonly source: number;
}

/** The segments of `mappings` in order; `undefined` for a text that is none. */
function* segmentsOf(mappings: string): Generator<Segment | undefined> {
  let line = 0;
  let column = 0;
  let source = 0;
  let at = 0;
  while (at < mappings.length) {
    const code = mappings.charCodeAt(at);
    if (code === 59 || code === 44) {
      if (code === 59) {
        line++;
        column = 0;
      }
      at++;
      continue;
    }
    const fields: number[] = [];
    while (at < mappings.length && mappings.charCodeAt(at) !== 59 && mappings.charCodeAt(at) !== 44) {
      const read = readNumber(mappings, at);
      if (read === undefined || fields.length >= 5) return yield undefined;
      fields.push(read.value);
      at = read.end;
    }
    column += fields[0] ?? 0;
    if (fields.length > 1) source += fields[1] ?? 0;
    yield { line, column, source: fields.length > 1 ? source : -1 };
  }
}

function readNumber(text: string, from: number): { value: number; end: number } | undefined {
  let value = 0;
  let shift = 1;
  for (let at = from; at < text.length && at - from < 8; at++) {
    const digit = digits.get(text.charCodeAt(at));
    if (digit === undefined) return undefined;
    value += (digit & 31) * shift;
    shift *= 32;
    if ((digit & 32) === 0) return { value: value % 2 === 1 ? -Math.floor(value / 2) : value / 2, end: at + 1 };
  }
  return undefined;
}

/** What no segment covers. */
const unmapped = "(unmapped)";

/** Bytes that a piece of text takes in UTF-8. */
function bytesIn(text: string): number {
  return new TextEncoder().encode(text).length;
}

/**
 * Gives every byte of the generated text to the source of the segment that it lies in; what no segment covers, line ends included, is `(unmapped)`.
 * Throws with the reason for a map that does not fit the text.
 */
export function statsOfSourceMap(path: string, map: Json, generated: { readonly path: string; readonly text: string }): Stats {
  const sizes = new Map<string, number>();
  const lines = generated.text.split("\n");
  const total = bytesIn(generated.text);
  let given = 0;
  for (const [offset, part] of partsOf(map)) given += attribute(part, offset, lines, sizes);
  if (total > given) sizes.set(unmapped, total - given);
  const outputs = [{ path: generated.path, bytes: total, entry: false, imports: [] }];
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const modules = [...sizes].map(([source, size]) => ({
    path: isRelative(source) ? `${folder}${source}` : source,
    size,
    output: generated.path,
  }));
  return { source: path, format: "source-map", outputs, modules, total };
}

/** To the map's folder; what has a scheme, or a drive, or begins at the root is not. */
function isRelative(source: string): boolean {
  return source !== unmapped && !/^(?:[A-Za-z][\w+.-]*:|\/|\\)/.test(source);
}

type Offset = { readonly line: number; readonly column: number };

function partsOf(map: Json): (readonly [Offset, Json])[] {
  if (!Array.isArray(map["sections"])) return [[{ line: 0, column: 0 }, map]];
  return listOf(map["sections"])
    .filter(isJson)
    .flatMap((section) => {
      const { offset, map: inner } = section;
      if (!isJson(offset) || !isJson(inner)) return [];
      return [[{ line: Number(offset["line"]), column: Number(offset["column"]) }, inner] as const];
    });
}

function attribute(map: Json, offset: Offset, lines: readonly string[], sizes: Map<string, number>): number {
  const root = typeof map["sourceRoot"] === "string" ? map["sourceRoot"] : "";
  const sources = texts(map["sources"]).map((source) => (root === "" ? source : `${root.replace(/\/?$/, "/")}${source}`));
  let given = 0;
  let open: Segment | undefined;
  const end = (column: number | undefined): void => {
    if (open === undefined || open.source === -1) return;
    const text = lines[open.line];
    if (text === undefined || open.column > text.length) throw new Error("it speaks of more text than the file has");
    const bytes = bytesIn(text.slice(open.column, column));
    const name = sources[open.source];
    if (name === undefined) throw new Error("it names a source that it does not have");
    sizes.set(name, (sizes.get(name) ?? 0) + bytes);
    given += bytes;
  };
  for (const segment of segmentsOf(String(map["mappings"] ?? ""))) {
    if (segment === undefined) throw new Error("its mappings are torn");
    const placed = { ...segment, line: segment.line + offset.line, column: segment.column + (segment.line === 0 ? offset.column : 0) };
    end(open !== undefined && placed.line === open.line ? placed.column : undefined);
    open = placed;
  }
  end(undefined);
  return given;
}
