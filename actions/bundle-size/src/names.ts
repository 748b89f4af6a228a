import { bitsAsWords } from "./letters.ts";

/**
 * A part of a name that may be a hash of the content.
 * - `sure`: nothing else is written like that.
 * - `perhaps`: it could be a word, a date or a number; what stands beside it decides.
 * - `hardly`: it reads like a name in mixed case, and is one unless most of what stands beside it are hashes.
 */
export interface HashPart {
  /** Where it begins in the path, in UTF-16 units. */
  readonly at: number;
  readonly text: string;
  readonly level: "sure" | "perhaps" | "hardly";
}

/** The path with stars where its hashes were, and how they were written: files of one build that differ in nothing else look alike. */
export interface NameShape {
  readonly path: string;
  readonly parts: readonly HashPart[];
}

const versionLike = /^v?\d+(?:[._]\d+)*$/i;
const dimensions = /^\d+x\d+(?:@\d+x)?$/i;
const locale = /^[a-z]{2,3}(?:[-_][A-Z][a-z]{3})?(?:[-_](?:[A-Z]{2}|\d{3}))?$/;
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const digitsOnly = /^\d+$/;
const longest = 64;

/** Bits that a random text of this alphabet has per character; the smallest alphabet that holds it is taken. */
function bitsAsHash(text: string): number {
  if (/^[0-9a-f]+$/.test(text)) return 4 * text.length;
  if (/^[A-Z2-7]+$/.test(text)) return 5 * text.length + 0.5;
  if (/^[a-z0-9]+$/.test(text)) return 5.2 * text.length + (/\d/.test(text) ? 3 : 6);
  return 6 * text.length + 1;
}

/** Lengths that bundlers write cost nothing; others only count when the text cannot be anything else. */
function lengthPenalty(length: number): number {
  if (length === 8) return 0;
  if ([16, 20, 21, 22, 32, 40, 64].includes(length)) return 2;
  if (length === 10 || length === 12 || length === 13) return 5;
  return 12;
}

/** Turbopack's: 64 bits as 13 characters, of which the first is a small digit. `1042-1a2b3c4d` is a number and a hash instead. */
const turbopack = /^(?!\d{4}[-_][0-9a-z]{8}$)[0-4][0-9a-z_-]{12}$/;
const turbopackBits = 65;

const sureBelow = -4;
const perhapsBelow = 8;
const hardlyBelow = 18;

function levelOf(text: string, alone: boolean): HashPart["level"] | undefined {
  if (text.length < 6 || text.length > longest || !/^[A-Za-z0-9_~-]+$/.test(text)) return undefined;
  if (digitsOnly.test(text)) return text.length === 8 || text.length >= 16 ? "perhaps" : undefined;
  if (versionLike.test(text) || dimensions.test(text) || locale.test(text)) return undefined;
  const cost = turbopack.test(text) ? turbopackBits : bitsAsHash(text) + lengthPenalty(text.length) + (alone ? 3 : 0);
  const evidence = cost - bitsAsWords(text);
  if (evidence <= sureBelow) return "sure";
  if (evidence <= perhapsBelow) return "perhaps";
  return evidence <= hardlyBelow && !/^[a-z]+$/.test(text) ? "hardly" : undefined;
}

interface Piece {
  readonly at: number;
  readonly text: string;
  readonly alone: boolean;
}

const separators = "-_~";

/** Texts in a dotted part that a bundler may have put there: the whole, what follows or precedes a separator, and the last 8 or 13 characters. */
function piecesOf(part: string, at: number): Piece[] {
  const pieces: Piece[] = [{ at, text: part, alone: true }];
  for (const length of [8, 13]) {
    const window = part.length - length;
    const text = part.slice(Math.max(0, window));
    const possible = window >= 2 && separators.includes(part.charAt(window - 1)) && (length === 8 || turbopack.test(text));
    if (possible) pieces.push({ at: at + window, text, alone: false });
  }
  let from = 0;
  for (let end = 0; end <= part.length; end++) {
    if (end < part.length && !separators.includes(part.charAt(end))) continue;
    const whole = from === 0 && end === part.length;
    const outer = from === 0 || end === part.length || end - from === 8 || end - from >= 16;
    if (!whole && outer && end - from >= 6) pieces.push({ at: at + from, text: part.slice(from, end), alone: false });
    from = end + 1;
  }
  return pieces;
}

/** The hashes of one dotted part: the surest piece, and what does not overlap it. */
function hashesOf(part: string, at: number): HashPart[] {
  const found: HashPart[] = [];
  const candidates = piecesOf(part, at)
    .map(({ at: start, text, alone }) => ({ at: start, text, level: levelOf(text, alone), alone }))
    .filter((piece): piece is Piece & HashPart => piece.level !== undefined && !(piece.alone && hasWords(piece.text)));
  candidates.sort((a, b) => rank(a) - rank(b));
  for (const { at: start, text, level } of candidates) {
    const free = found.every((other) => start + text.length <= other.at || other.at + other.text.length <= start);
    if (free) found.push({ at: start, text, level });
  }
  return found;
}

/** `main-BqqDzcUh` as a whole looks random too; its parts are better candidates. */
function hasWords(text: string): boolean {
  return text.length !== 8 && !turbopack.test(text) && /[-_~]/.test(text);
}

function rank({ level, text }: HashPart): number {
  const usual = turbopack.test(text) ? -1 : text.length === 8 ? 0 : 10;
  return { sure: 0, perhaps: 100, hardly: 200 }[level] + usual - Math.min(9, text.length / 8);
}

/** Finds what may be a hash in a path with `/`: in the file's name, and folders that are nothing but a hash. */
export function shapeOf(path: string): NameShape {
  const parts: HashPart[] = [];
  const folders = path.lastIndexOf("/") + 1;
  let at = 0;
  for (const folder of path.slice(0, Math.max(0, folders - 1)).split("/")) {
    const level = folder.length >= 16 && !maskUuids(folder).includes("\0") ? levelOf(folder, true) : undefined;
    if (level === "sure") parts.push({ at, text: folder, level });
    at += folder.length + 1;
  }
  const name = maskUuids(path.slice(folders));
  const dotted = name.split(".");
  at = folders;
  for (const [index, part] of dotted.entries()) {
    const extension = index > 0 && index === dotted.length - 1;
    if (!extension && part !== "" && !part.includes("\0")) parts.push(...hashesOf(part, at));
    at += part.length + 1;
  }
  return { path, parts: parts.sort((a, b) => a.at - b.at) };
}

function maskUuids(text: string): string {
  return text.length < 36 ? text : text.replace(uuid, (found) => "\0".repeat(found.length));
}

/** The path with a star for each of `parts`. */
export function starred(path: string, parts: readonly HashPart[]): string {
  let text = "";
  let at = 0;
  for (const part of parts) {
    text += `${path.slice(at, part.at)}*`;
    at = part.at + part.text.length;
  }
  return text + path.slice(at);
}

/** How a hash is written: its length, what stands before it, its alphabet. Hashes of one build are written alike. */
function styleOf(path: string, part: HashPart): string {
  const extension = path.slice(path.lastIndexOf(".") + 1);
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const before = part.at === folder.length ? "/" : path.charAt(part.at - 1);
  return `${folder}\0${extension === "css" || extension === "map" ? "js" : extension}\0${before}\0${part.text.length}`;
}

type Alphabet = "hex" | "base32" | "lower" | "any";

function alphabetOf(text: string): Alphabet {
  if (/^[0-9a-f]+$/.test(text)) return "hex";
  if (/^[A-Z2-7]+$/.test(text)) return "base32";
  return /^[a-z0-9]+$/.test(text) ? "lower" : "any";
}

const fits: Readonly<Record<Alphabet, RegExp>> = { hex: /^[0-9a-f]+$/, base32: /^[A-Z2-7]+$/, lower: /^[a-z0-9]+$/, any: /^[\w~-]+$/ };

interface Style {
  readonly alphabet: Alphabet;
  /** How many sure hashes are written like this. */
  readonly count: number;
}

/** What it takes beside it for a part of each level to be a hash. */
const enough: Readonly<Record<HashPart["level"], number>> = { sure: 0, perhaps: 2, hardly: 5 };

/** The widest alphabet of the sure hashes of each style. */
function stylesIn(shapes: readonly NameShape[]): ReadonlyMap<string, Style> {
  const seen = new Map<string, { count: number; alphabets: Set<Alphabet> }>();
  for (const { path, parts } of shapes) {
    for (const part of parts.filter(({ level }) => level === "sure")) {
      const style = styleOf(path, part);
      const entry = seen.get(style) ?? { count: 0, alphabets: new Set() };
      entry.count++;
      entry.alphabets.add(alphabetOf(part.text));
      seen.set(style, entry);
    }
  }
  const styles = new Map<string, Style>();
  for (const [style, { count, alphabets }] of seen) {
    const [only] = alphabets;
    styles.set(style, { count, alphabet: alphabets.size === 1 && only !== undefined ? only : "any" });
  }
  return styles;
}

/**
 * The stem of every path: the path with a star for each hash. What may be a hash is one where at least two files beside it carry sure hashes of the
 * same length at the same place, in an alphabet that it fits; both sides of a comparison are asked together.
 */
export function stemsOf(paths: Iterable<string>): Map<string, string> {
  const shapes = [...new Set(paths)].map(shapeOf);
  const styles = stylesIn(shapes);
  const stems = new Map<string, string>();
  for (const { path, parts } of shapes) {
    const hashes = parts.filter((part) => {
      if (part.level === "sure") return true;
      const style = styles.get(styleOf(path, part));
      return style !== undefined && style.count >= enough[part.level] && fits[style.alphabet].test(part.text);
    });
    stems.set(path, starred(path, hashes));
  }
  return stems;
}
