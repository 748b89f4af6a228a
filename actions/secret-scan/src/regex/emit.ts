import { lengthOf } from "./measure.ts";
import type { Assertion, ByteSet, Node } from "./tree.ts";

/** JavaScript source of a tree, to be run on bytes read as Latin-1, without any flag but `y` or `g`. */
export function emitPattern(root: Node): string {
  return emit(root);
}

function emit(node: Node): string {
  switch (node.kind) {
    case "empty":
      return "";
    case "set":
      return emitSet(node.set);
    case "sequence":
      return node.parts.map((part) => (part.kind === "choice" ? `(?:${emit(part)})` : emit(part))).join("");
    case "choice":
      return node.options.map(emit).join("|");
    case "group":
      return `(${emit(node.part)})`;
    case "assert":
      return assertions[node.what];
    case "repeat":
      return emitRepeat(node);
  }
}

function emitRepeat({ part, min, max, greedy }: Extract<Node, { kind: "repeat" }>): string {
  // JavaScript refuses a round that matches nothing, Go takes it.
  if (min === 0 && max === 1 && lengthOf(part).min === 0) return greedy ? `(?:${emit(part)}|)` : `(?:|${emit(part)})`;
  return `${repeatable(part)}${quantifier(min, max)}${greedy ? "" : "?"}`;
}

const assertions: Readonly<Record<Assertion, string>> = {
  "text-start": "^",
  "text-end": "$",
  "line-start": "(?<![^\\n])",
  "line-end": "(?![^\\n])",
  boundary: "\\b",
  "no-boundary": "\\B",
  // The byte before is no part of a character of UTF-8.
  "lone-byte":
    "(?:(?<=[\\xc0\\xc1\\xf5-\\xff])|(?<=[\\xc2-\\xdf])(?![\\x80-\\xbf])|(?<=[\\xe0-\\xef])(?![\\x80-\\xbf]{2})|(?<=[\\xf0-\\xf4])(?![\\x80-\\xbf]{3})|(?<=(?<![\\xc2-\\xf4]|[\\xe0-\\xf4][\\x80-\\xbf]|[\\xf0-\\xf4][\\x80-\\xbf]{2})[\\x80-\\xbf]))",
};

function repeatable(part: Node): string {
  return part.kind === "set" || part.kind === "group" ? emit(part) : `(?:${emit(part)})`;
}

function quantifier(min: number, max: number): string {
  if (min === 0 && max === 1) return "?";
  if (max === Number.POSITIVE_INFINITY) return min === 0 ? "*" : min === 1 ? "+" : `{${min},}`;
  return min === max ? `{${min}}` : `{${min},${max}}`;
}

function emitSet(set: ByteSet): string {
  const ranges: string[] = [];
  let single = -1;
  let size = 0;
  for (let code = 0; code < 256; code++) {
    if (set[code] !== 1) continue;
    const from = code;
    while (code < 255 && set[code + 1] === 1) code++;
    size += code - from + 1;
    single = from;
    ranges.push(from === code ? byte(from) : `${byte(from)}-${byte(code)}`);
  }
  if (size === 0) return "[]";
  if (size === 256) return "[^]";
  return size === 1 ? byte(single) : `[${ranges.join("")}]`;
}

function byte(code: number): string {
  const alphanumeric = (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
  return alphanumeric ? String.fromCharCode(code) : `\\x${code.toString(16).padStart(2, "0")}`;
}
