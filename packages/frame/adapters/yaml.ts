import { type Document, isCollection, isMap, isPair, isScalar, LineCounter, type Node, parseDocument, visit } from "yaml";
import { UserError } from "../errors.ts";
import type { YamlInput } from "../manifest.ts";

const longest = 1024 * 1024;

/**
 * Parses one YAML 1.2 document and remembers where every node stands. `file` is a path for files; for inline text give the input's
 * name in `input`. Every syntax mistake is reported at once.
 */
export function parseYaml(text: string, origin: { readonly file: string } | { readonly input: string }): YamlInput {
  const source = "file" in origin ? origin.file : origin.input;
  if (text.length > longest) throw new UserError(`${source}: ${text.length} characters of YAML were given. Allowed: at most ${longest}.`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false, stringKeys: true });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return "file" in origin ? `${origin.file}:${line}:${col} (line ${line})` : `${origin.input}, line ${line}, column ${col}`;
  };
  const problems = [
    ...document.errors.map((error) => `${place(error.pos[0])}: ${sentence(error.message)}`),
    ...strayAliases(document).map(({ name, offset }) => `${place(offset)}: no anchor is named "${name}".`),
  ];
  if (problems.length > 0) throw new UserError(problems.join(" "), { problems });
  return {
    value: contentOf(document, source),
    where: (path) => place(offsetAt(document, path, false)),
    whereKey: (path) => place(offsetAt(document, path, true)),
  };
}

function strayAliases(document: Document): { name: string; offset: number }[] {
  const stray: { name: string; offset: number }[] = [];
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) === undefined) stray.push({ name: alias.source, offset: alias.range?.[0] ?? 0 });
    },
  });
  return stray;
}

function contentOf(document: Document, source: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw new UserError(`${source}: the YAML's aliases expand to too much, or form a circle.`, { cause });
  }
}

type Path = readonly (string | number)[];

/** The offset of the node at `path`, or of the nearest ancestor that exists. */
function offsetAt(document: Document, path: Path, key: boolean): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, step] of path.entries()) {
    const pair = isMap(node) ? node.items.find((item) => isPair(item) && keyText(item.key) === String(step)) : undefined;
    const child = pair === undefined ? childOf(node, step) : pair.value;
    const last = depth === path.length - 1;
    const found = (last && key) || child === null || child === undefined ? startOf(pair?.key) : startOf(child);
    if (found === undefined && child === undefined) return offset;
    offset = found ?? startOf(child) ?? offset;
    node = child;
  }
  return offset;
}

function childOf(node: unknown, step: string | number): unknown {
  return isCollection(node) ? node.get(step, true) : undefined;
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

function sentence(message: string): string {
  const first = (message.split("\n")[0] ?? "").replace(/ at line \d+, column \d+:?$/, "").trim();
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
