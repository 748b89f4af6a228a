import type { ByteSet, Node } from "./tree.ts";

/** The shortest and longest match in bytes; `Infinity` where nothing bounds it. */
export function lengthOf(node: Node): { min: number; max: number } {
  switch (node.kind) {
    case "empty":
    case "assert":
      return { min: 0, max: 0 };
    case "set":
      return { min: 1, max: 1 };
    case "group":
      return lengthOf(node.part);
    case "sequence":
      return node.parts.map(lengthOf).reduce((all, one) => ({ min: all.min + one.min, max: all.max + one.max }), { min: 0, max: 0 });
    case "choice": {
      const lengths = node.options.map(lengthOf);
      return { min: Math.min(...lengths.map(({ min }) => min)), max: Math.max(...lengths.map(({ max }) => max)) };
    }
    case "repeat": {
      const { min, max } = lengthOf(node.part);
      return { min: min * node.min, max: max === 0 || node.max === 0 ? 0 : max * node.max };
    }
  }
}

/** Whether a match can hold a line break. */
export function canCrossLines(node: Node): boolean {
  switch (node.kind) {
    case "empty":
    case "assert":
      return false;
    case "set":
      return node.set[10] === 1;
    case "group":
      return canCrossLines(node.part);
    case "sequence":
      return node.parts.some(canCrossLines);
    case "choice":
      return node.options.some(canCrossLines);
    case "repeat":
      return node.max > 0 && canCrossLines(node.part);
  }
}

/** Texts that a match consists of, as far as they are known; case is folded. `undefined`: too many to list. */
type Exact = ReadonlySet<string> | undefined;

interface Needs {
  readonly exact: Exact;
  /** Every match holds one of the keywords. */
  readonly holds: boolean;
}

const mostTexts = 64;

/** Whether it can be proven that every match holds one of the keywords (lower case), so that a match can be looked for around them alone. */
export function mustHold(root: Node, keywords: readonly string[]): boolean {
  return keywords.length > 0 && needsOf(root, keywords).holds;
}

function holdsOne(texts: ReadonlySet<string>, keywords: readonly string[]): boolean {
  return texts.size > 0 && [...texts].every((text) => keywords.some((keyword) => text.includes(keyword)));
}

function needsOf(node: Node, keywords: readonly string[]): Needs {
  switch (node.kind) {
    case "empty":
    case "assert":
      return { exact: new Set([""]), holds: false };
    case "set":
      return { exact: textsOf(node.set), holds: false };
    case "group":
      return needsOf(node.part, keywords);
    case "choice":
      return choiceNeeds(node.options, keywords);
    case "sequence":
      return sequenceNeeds(node.parts, keywords);
    case "repeat":
      return repeatNeeds(node, keywords);
  }
}

function repeatNeeds({ part, min, max }: Extract<Node, { kind: "repeat" }>, keywords: readonly string[]): Needs {
  if (min === max && min > 0 && min <= 64)
    return sequenceNeeds(
      Array.from({ length: min }, () => part),
      keywords,
    );
  if (min === 0 && max === 1) {
    const { exact } = needsOf(part, keywords);
    return { exact: exact === undefined || exact.size >= mostTexts ? undefined : new Set(["", ...exact]), holds: false };
  }
  return { exact: undefined, holds: min > 0 && needsOf(part, keywords).holds };
}

function textsOf(set: ByteSet): Exact {
  const texts = new Set<string>();
  for (let code = 0; code < 256; code++) {
    if (set[code] === 1) texts.add(String.fromCharCode(code).toLowerCase());
    if (texts.size > 16) return undefined;
  }
  return texts;
}

function choiceNeeds(options: readonly Node[], keywords: readonly string[]): Needs {
  const all = options.map((option) => needsOf(option, keywords));
  const texts = new Set<string>();
  for (const { exact } of all) for (const text of exact ?? []) texts.add(text);
  const known = all.every(({ exact }) => exact !== undefined) && texts.size <= mostTexts;
  return {
    exact: known ? texts : undefined,
    holds: all.every((one) => one.holds || (one.exact !== undefined && holdsOne(one.exact, keywords))),
  };
}

/** Neighbours whose texts are known are multiplied out; a run of them that always holds a keyword proves it for the whole. */
function sequenceNeeds(parts: readonly Node[], keywords: readonly string[]): Needs {
  let run: ReadonlySet<string> = new Set([""]);
  let whole = true;
  let holds = false;
  for (const part of parts) {
    const { exact, holds: partHolds } = needsOf(part, keywords);
    holds ||= partHolds;
    const product = exact === undefined ? undefined : multiplied(run, exact);
    if (product === undefined) {
      holds ||= holdsOne(run, keywords) || (exact !== undefined && holdsOne(exact, keywords));
      run = exact ?? new Set([""]);
      whole = false;
    } else run = product;
    holds ||= holdsOne(run, keywords);
  }
  return { exact: whole ? run : undefined, holds };
}

function multiplied(left: ReadonlySet<string>, right: ReadonlySet<string>): ReadonlySet<string> | undefined {
  if (left.size * right.size > mostTexts) return undefined;
  const texts = new Set<string>();
  for (const head of left) for (const tail of right) texts.add(head + tail);
  return texts;
}

/** The texts (lower case) of which every match begins with one, as far as they are few enough to list. */
export function startTexts(root: Node): ReadonlySet<string> {
  const parts = root.kind === "sequence" ? flattened(root) : [root];
  let run: ReadonlySet<string> = new Set([""]);
  for (const part of parts) {
    const { exact } = needsOf(part, []);
    const product = exact === undefined ? undefined : multiplied(run, exact);
    if (product === undefined) return run;
    run = product;
  }
  return run;
}

function flattened(node: Node): Node[] {
  if (node.kind === "sequence") return node.parts.flatMap(flattened);
  return node.kind === "group" ? flattened(node.part) : [node];
}

/** What the first bytes of every match may be, position by position, as long as positions are certain; at most 24. */
export function headSets(root: Node): ByteSet[] {
  const heads: ByteSet[] = [];
  appendHeads(root, heads);
  return heads.slice(0, mostHeads);
}

const mostHeads = 24;

/** False when no position behind this node is certain. */
function appendHeads(node: Node, heads: ByteSet[]): boolean {
  if (heads.length >= mostHeads) return false;
  switch (node.kind) {
    case "empty":
    case "assert":
      return true;
    case "group":
      return appendHeads(node.part, heads);
    case "sequence":
      return node.parts.every((part) => appendHeads(part, heads));
    case "set":
      heads.push(node.set);
      return true;
    case "repeat":
      for (let count = 0; count < Math.min(node.min, mostHeads); count++) if (!appendHeads(node.part, heads)) return false;
      return node.min === node.max;
    case "choice":
      return false;
  }
}

/** Whether an unbounded repetition stands inside another one: what V8 may need exponential time for. */
export function nestsLoops(node: Node, inside = false): boolean {
  switch (node.kind) {
    case "empty":
    case "assert":
    case "set":
      return false;
    case "group":
      return nestsLoops(node.part, inside);
    case "sequence":
      return node.parts.some((part) => nestsLoops(part, inside));
    case "choice":
      return node.options.some((option) => nestsLoops(option, inside));
    case "repeat": {
      const loop = node.max === Number.POSITIVE_INFINITY || node.max > 20;
      return (loop && inside) || nestsLoops(node.part, inside || loop);
    }
  }
}
