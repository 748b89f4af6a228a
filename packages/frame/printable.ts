/**
 * Makes text that strangers may have written safe to print.
 *
 * The runner reads every line of stdout and stderr for commands: `::name …::` where it stands first on the line (white space before it does not
 * count), and `##[name …]` anywhere in it. A terminal obeys escape codes, and a reader believes what bidirectional marks reorder.
 */

/** What has no shape of its own: controls (C0, C1, DEL), lone surrogates, line and paragraph separators, zero-width and bidirectional marks. */
const unseen = /(?!\t|\ufe0e|\ufe0f)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u{fff9}-\u{fffb}]/gu;

const lineBreak = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/u;

const shortNames: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r" };

function escapeOf(character: string): string {
  const short = shortNames[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code < 0x100) return `\\x${digits.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${digits.padStart(4, "0")}` : `\\u{${digits}}`;
}

/**
 * Writes what cannot be seen as an escape: `\x1b`, `\n`, `\u202e`, `\u{e0041}`, `\ud800`. Everything else stays as it is: backslashes (Windows paths
 * stay readable, so the result is for people and cannot be decoded), tabs, and the variation selectors of emoji. A format with escapes of its own gives `written`.
 */
export function visible(text: string, written: (character: string) => string = escapeOf): string {
  return text.replace(unseen, written);
}

/** Breaks both spellings of a workflow command with one backslash: `\::error::` and `##\[group]`. */
export function defused(line: string): string {
  return line.replaceAll("##[", "##\\[").replace(/^(\s*)::/u, "$1\\::");
}

/** The longest line that `printableLine` makes; a path of 4,096 characters still fits. */
export const longestLine = 5_000;
const shortestLimit = 80;

/**
 * The length of the longest beginning of `text` that `fits` accepts, never splitting a surrogate pair; 0 when not even one character does.
 * `fits` is asked about 2 log2(text length) times and must not accept a text whose beginnings it refuses.
 */
export function longestBeginning(text: string, fits: (beginning: string) => boolean): number {
  let low = 0;
  let high = text.length;
  while (low < high) {
    const half = wholeCharacters(text, Math.ceil((low + high) / 2));
    const middle = half > low ? half : high;
    if (fits(text.slice(0, middle))) low = middle;
    else high = half > low ? half - 1 : low;
  }
  return wholeCharacters(text, low);
}

function wholeCharacters(text: string, end: number): number {
  const splits = /[\ud800-\udbff]/.test(text.charAt(end - 1)) && /[\udc00-\udfff]/.test(text.charAt(end));
  return splits ? end - 1 : end;
}

/**
 * One line that a runner, a terminal and a reader can trust: breaks and other unseen characters written as escapes, commands broken, and cut to `limit`
 * UTF-16 units with `… 123 more characters` (of the original) at the end. A limit under 80 counts as 80.
 *
 * Holds for every text: the result is one line, at most `limit` long, and doing it again changes nothing. Two such texts
 * written one after the other can form a command (`#` and `#[error]`), so whoever prints a composed line calls this for the whole of it.
 */
export function printableLine(text: string, limit: number = longestLine): string {
  const most = Math.max(limit, shortestLimit);
  const beginning = text.slice(0, wholeCharacters(text, Math.min(text.length, most + 1)));
  const line = defused(visible(beginning));
  if (line.length <= most && beginning.length === text.length) return line;
  const room = most - moreCharacters(text.length).length;
  const shown = longestBeginning(beginning, (part) => defused(visible(part)).length <= room);
  return defused(visible(text.slice(0, shown))) + moreCharacters(text.length - shown);
}

function moreCharacters(count: number): string {
  return `… ${count} more characters`;
}

/** The lines of a text, each as `printableLine` makes it. Splits wherever a runner, a terminal or an editor may see a break; drops a last empty line. */
export function printableLines(text: string, limit: number = longestLine): string[] {
  const lines = text.split(lineBreak);
  if (lines.length > 1 && lines.at(-1) === "") lines.pop();
  return lines.map((line) => printableLine(line, limit));
}

/** A text of several lines that is safe to print, with `\n` between them. */
export function printable(text: string, limit: number = longestLine): string {
  return printableLines(text, limit).join("\n");
}

/** The text after `::name::` of a workflow command. */
export function commandData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** The value of a property of a workflow command: `file=…`. */
export function commandProperty(text: string): string {
  return commandData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
