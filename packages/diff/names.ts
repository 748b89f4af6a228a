/** File names as diffs write them: plain, or quoted like a C string with octal bytes. */

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const quote = 0x22;
const backslash = 0x5c;

/**
 * A name's bytes as text. What is not UTF-8 becomes U+FFFD, exactly as in the readers of coverage reports, so that a report and a diff that
 * speak of the same odd file still meet; such a name can no longer be opened.
 */
export function decodeName(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

const simpleEscapes: ReadonlyMap<string, number> = new Map([
  ["a", 7],
  ["b", 8],
  ["t", 9],
  ["n", 10],
  ["v", 11],
  ["f", 12],
  ["r", 13],
  ['"', quote],
  ["\\", backslash],
]);

/**
 * The name that starts at `from`: a quoted one up to its closing quote, else everything up to a tab (where timestamps follow) or the end.
 * `undefined` for a quoted name that is broken; `next` is the offset behind the name.
 */
export function readName(line: Uint8Array, from: number): { readonly name: string; readonly next: number } | undefined {
  if (line[from] === quote) return readQuoted(line, from + 1);
  const tab = line.indexOf(9, from);
  const end = tab < 0 ? line.length : tab;
  return end === from ? undefined : { name: decodeName(line.subarray(from, end)), next: end };
}

function readQuoted(line: Uint8Array, from: number): { name: string; next: number } | undefined {
  const bytes: number[] = [];
  let at = from;
  for (;;) {
    const byte = line[at];
    if (byte === undefined) return undefined;
    if (byte === quote) return { name: decodeName(Uint8Array.from(bytes)), next: at + 1 };
    if (byte !== backslash) {
      bytes.push(byte);
      at += 1;
      continue;
    }
    const escaped = readEscape(line, at + 1);
    if (escaped === undefined) return undefined;
    bytes.push(escaped.byte);
    at = escaped.next;
  }
}

function readEscape(line: Uint8Array, at: number): { byte: number; next: number } | undefined {
  const byte = line[at];
  if (byte === undefined) return undefined;
  const simple = simpleEscapes.get(String.fromCharCode(byte));
  if (simple !== undefined) return { byte: simple, next: at + 1 };
  let value = 0;
  let next = at;
  for (; next < at + 3; next += 1) {
    const digit = (line[next] ?? 0) - 0x30;
    if (digit < 0 || digit > 7) break;
    value = value * 8 + digit;
  }
  return next === at || value > 255 ? undefined : { byte: value, next };
}

/** Both names of a `diff --git` line. `known` is a name that another header line has given, for prefixes of unequal length. */
export function readGitNames(
  line: Uint8Array,
  from: number,
  known?: string,
): { readonly before: string; readonly after: string } | undefined {
  if (line[from] === quote) {
    const before = readQuoted(line, from + 1);
    const after = before === undefined || line[before.next] !== 0x20 ? undefined : readName(line, before.next + 1);
    return before === undefined || after === undefined ? undefined : { before: before.name, after: after.name };
  }
  const text = decodeName(line.subarray(from));
  const quoted = text.endsWith('"') ? text.indexOf(' "') : -1;
  if (quoted > 0) {
    // Bytes and characters may differ in number: the quote is looked for again, among the bytes.
    const after = readQuoted(line, line.indexOf(quote, from) + 1);
    return after === undefined ? undefined : { before: text.slice(0, quoted), after: after.name };
  }
  return splitInTwo(text, known);
}

/**
 * `a/x y b/x y` holds no sign of where the first name ends. Only renames have two different names, and those are spelled out in lines of
 * their own, so the two halves are equally long and alike behind the prefix.
 */
function splitInTwo(text: string, known: string | undefined): { before: string; after: string } | undefined {
  if (known !== undefined && text.endsWith(` ${known}`)) return { before: text.slice(0, -known.length - 1), after: known };
  if (known !== undefined && text.startsWith(`${known} `)) return { before: known, after: text.slice(known.length + 1) };
  const middle = (text.length - 1) / 2;
  if (!Number.isInteger(middle) || text[middle] !== " ") return undefined;
  const before = text.slice(0, middle);
  const after = text.slice(middle + 1);
  return commonPath(before, after) === undefined ? undefined : { before, after };
}

/** The longest tail of whole components that both paths have: `a/src/x` and `b/src/x` give `src/x`. */
export function commonPath(before: string, after: string): string | undefined {
  if (before === after) return before;
  let same = 0;
  while (same < before.length && same < after.length && before[before.length - 1 - same] === after[after.length - 1 - same]) same += 1;
  const tail = after.slice(after.length - same);
  const whole =
    same === after.length ? before[before.length - 1 - same] === "/" : same === before.length && after[after.length - 1 - same] === "/";
  if (whole) return tail;
  const slash = tail.indexOf("/");
  return slash < 0 || slash === tail.length - 1 ? undefined : tail.slice(slash + 1);
}

/** The path that two names of one file stand for. Prefixes (`a/` `b/`, `i/` `w/`, any other, or none) are told by comparing the two. */
export function pathOf(before: string, after: string): string {
  const path = commonPath(before, after) ?? (before.startsWith("a/") && after.startsWith("b/") ? after.slice(2) : after);
  return path.startsWith("./") ? path.slice(2) : path;
}
