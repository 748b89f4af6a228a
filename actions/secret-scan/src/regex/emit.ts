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
      return `${repeatable(node.part)}${quantifier(node.min, node.max)}${node.greedy ? "" : "?"}`;
  }
}

const assertions: Readonly<Record<Assertion, string>> = {
  "text-start": "^",
  "text-end": "$",
  "line-start": "(?<![^\\n])",
  "line-end": "(?![^\\n])",
  boundary: "\\b",
  "no-boundary": "\\B",
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
