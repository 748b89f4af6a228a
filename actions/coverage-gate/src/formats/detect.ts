import type { Format } from "../model.ts";
import { textOf } from "./bytes.ts";
import { quoted, ReportFault } from "./fault.ts";
import { asObject, type JsonHandler, type JsonKind, type JsonPath, JsonScanner, member, parseJson } from "./json.ts";

const known = "LCOV, Cobertura, Clover, JaCoCo, OpenCover, a Go profile, or JSON of istanbul, coverage.py, SimpleCov, llvm-cov or gcov";

/** The format of what begins with `bytes`, by its content; `undefined` while more bytes are needed. Throws `ReportFault` for anything unknown. */
export function detect(bytes: Uint8Array, last: boolean): Format | undefined {
  let at = 0;
  while (at < bytes.length && (bytes[at] ?? 0) <= 32) at++;
  if (at === bytes.length) {
    if (last) throw new ReportFault("the report is empty");
    return undefined;
  }
  const first = bytes[at];
  if (first === 60) return detectXml(bytes, last);
  if (first === 123) return detectJson(bytes, last);
  return detectText(bytes, last);
}

function unknown(what: string, offset?: number): ReportFault {
  return new ReportFault(`the report is of no known format: ${what}; known are ${known}`, offset);
}

function detectText(bytes: Uint8Array, last: boolean): Format | undefined {
  const lines = textOf(bytes, 0, Math.min(bytes.length, 65_536)).split("\n");
  const telling = lines.findIndex((line) => line.trim() !== "" && !line.startsWith("#"));
  const whole = last || bytes.length >= 65_536;
  if (!whole && (telling === -1 || telling === lines.length - 1)) return undefined;
  if (telling === -1) throw unknown("it holds comments only");
  const text = (lines[telling] ?? "").trim();
  if (/^(TN|SF|DA|FN|FNDA|FNL|VER|BRDA|LF|LH):/.test(text) || text === "EOF" || text === "end_of_record") return "lcov";
  if (text.startsWith("mode:")) return "go";
  if (text.startsWith("[")) throw unknown("it is a JSON list");
  throw unknown(`it begins with ${quoted(text.replaceAll("\u0000", ""))}`);
}

/** By the name of the root element, and where two dialects share it, by its attributes or its first child. */
function detectXml(bytes: Uint8Array, last: boolean): Format | undefined {
  const text = textOf(bytes, 0, Math.min(bytes.length, 1_000_000));
  const tags = openingTags(text);
  const [root, child] = tags;
  const name = root === undefined ? "" : (/^[^\s/>]+/.exec(root)?.[0] ?? "");
  if (root !== undefined && name !== "coverage") return byRoot(name);
  if (root !== undefined && /\s(line-rate|lines-valid|branch-rate)\s*=/.test(root)) return "cobertura";
  if (root !== undefined && /\s(clover|generated)\s*=/.test(root)) return "clover";
  if (child !== undefined) return byChild(/^[^\s/>]+/.exec(child)?.[0] ?? "");
  if (root !== undefined && (last || root.endsWith("/"))) return "cobertura";
  if (!last && bytes.length < 1_000_000) return undefined;
  throw new ReportFault("the report is truncated: it has no root element", bytes.length);
}

function byRoot(name: string): Format {
  if (name === "report") return "jacoco";
  if (name === "CoverageSession") return "opencover";
  throw unknown(`its root element is ${quoted(`<${name}>`)}`);
}

function byChild(name: string): Format {
  if (name === "project" || name === "testproject") return "clover";
  if (name === "packages" || name === "sources") return "cobertura";
  throw unknown(`it is a ${quoted("<coverage>")} of ${quoted(`<${name}>`)}`);
}

/** The insides of the first two start tags, past declarations, comments and the document type. */
function openingTags(text: string): string[] {
  const tags: string[] = [];
  let at = text.indexOf("<");
  while (at !== -1 && tags.length < 2) {
    const end = markupEnd(text, at);
    if (end === -1) break;
    if (!/[!?/]/.test(text[at + 1] ?? "")) tags.push(text.slice(at + 1, end - 1));
    at = text.indexOf("<", end);
  }
  return tags;
}

function markupEnd(text: string, at: number): number {
  const ends = (mark: string, from: number) => {
    const found = text.indexOf(mark, from);
    return found === -1 ? -1 : found + mark.length;
  };
  if (text.startsWith("<!--", at)) return ends("-->", at + 4);
  if (text.startsWith("<?", at)) return ends("?>", at);
  const bracket = text.startsWith("<!DOCTYPE", at) ? text.slice(at, at + 1000).search(/[[>]/) : -1;
  if (bracket !== -1 && text[at + bracket] === "[") {
    const close = /\]\s*>/.exec(text.slice(at));
    return close === null ? -1 : at + close.index + close[0].length;
  }
  return ends(">", at);
}

/** Looks at keys, a few levels deep, until one of them gives the format away. */
class JsonProbe implements JsonHandler {
  found: Format | undefined;
  #members = 0;

  want(path: JsonPath, kind: JsonKind): "enter" | "keep" | "skip" {
    if (this.found !== undefined) return "skip";
    if (path.length > 0) this.#members++;
    this.found = formatAt(path, kind);
    return this.found === undefined && kind !== "scalar" && path.length < 5 ? "enter" : "skip";
  }

  value(): void {}

  get empty(): boolean {
    return this.#members === 0;
  }
}

const signs: readonly { readonly format: Format; readonly path: RegExp; readonly kind: JsonKind }[] = [
  { format: "istanbul", path: /^coverageMap$/, kind: "object" },
  { format: "istanbul", path: /^[^\0]+\0(statementMap|data\0statementMap)$/, kind: "object" },
  { format: "coverage.py", path: /^files\0[^\0]+\0(executed_lines|missing_lines)$/, kind: "array" },
  { format: "coverage.py", path: /^meta\0branch_coverage$/, kind: "scalar" },
  { format: "llvm-cov", path: /^data\0\d+\0files$/, kind: "array" },
  { format: "gcov", path: /^(gcc_version|gcovr\/format_version)$/, kind: "scalar" },
  { format: "gcov", path: /^files\0\d+\0(lines|functions)$/, kind: "array" },
  { format: "json-summary", path: /^[^\0]+\0(lines|statements|functions|branches)\0(pct|skipped)$/, kind: "scalar" },
  { format: "simplecov", path: /^meta\0simplecov_version$/, kind: "scalar" },
  { format: "simplecov", path: /^[^\0]+\0coverage\0[^\0]+$/, kind: "array" },
  { format: "simplecov", path: /^[^\0]+\0coverage\0[^\0]+\0lines$/, kind: "array" },
];

function formatAt(path: JsonPath, kind: JsonKind): Format | undefined {
  if (path.length === 0) return undefined;
  const text = path.map((part) => String(part).replaceAll("\0", " ")).join("\0");
  if (text.length > 10_000) return undefined;
  return signs.find((sign) => sign.kind === kind && sign.path.test(text))?.format;
}

function detectJson(bytes: Uint8Array, last: boolean): Format | undefined {
  const probe = new JsonProbe();
  new JsonScanner(probe).push(bytes, false);
  if (probe.found !== undefined) return probe.found;
  if (bytes.length > 2 ** 26) throw unknown("none of its first keys are those of a coverage report");
  if (!last) return undefined;
  new JsonScanner(probe).push(bytes, true);
  return probe.empty ? "istanbul" : emptyJson(bytes);
}

/** A document without a single file gives nothing away but its outline. */
function emptyJson(bytes: Uint8Array): Format {
  const outline = asObject(parseJson(bytes, 0, bytes.length));
  const files = member(outline, "files");
  if (Array.isArray(files)) return "gcov";
  if (asObject(files) !== undefined) return "coverage.py";
  if (Array.isArray(member(outline, "data"))) return "llvm-cov";
  if (Object.values(outline ?? {}).every((value) => asObject(member(asObject(value), "coverage")) !== undefined)) return "simplecov";
  throw unknown(
    `its keys are ${quoted(
      Object.keys(outline ?? {})
        .slice(0, 5)
        .join(", "),
    )}`,
  );
}
