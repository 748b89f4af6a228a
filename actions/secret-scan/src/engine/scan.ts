import type { Detection, Rule } from "../model.ts";
import { archiveKindOf, type Inflate, unpack } from "./archive.ts";
import { decodedParts } from "./decode.ts";
import { encodingOf, toUtf8 } from "./encoding.ts";
import { fileKindOf } from "./file-kind.ts";
import { isAllowedInline } from "./inline.ts";
import type { Matcher } from "./matcher.ts";
import type { Novelty } from "./novelty.ts";
import type { Match, Piece } from "./piece.ts";
import { Places } from "./places.ts";
import { entropyOf } from "./statistics.ts";
import { utf8 } from "./text.ts";

export interface ScanOptions {
  readonly decodeDepth: number;
  readonly archiveDepth: number;
  /** Allowlists want to see match and line. */
  readonly keepContext: boolean;
}

export interface Scanned {
  readonly detections: readonly Detection[];
  /** Archives that could not be unpacked and were read as they are. */
  readonly packed: number;
}

/** A match with what it says, where it stands in the outermost text. */
interface Placed extends Match {
  readonly secret: string;
  readonly decoded: boolean;
}

/** Where a piece of a longer text stands. */
export interface Origin {
  readonly line: number;
  readonly column: number;
}

const beginning: Origin = { line: 1, column: 1 };

/** Scans contents: undoes archives and encodings, looks for all rules, and says where in the content as it is stored. */
export class ContentScanner {
  readonly #matcher: Matcher;
  readonly #options: ScanOptions;
  readonly #inflate: Inflate;
  readonly #novelty: Novelty | undefined;

  /** With `novelty` what stood in an earlier version of a file and held nothing is not looked at again. */
  constructor(matcher: Matcher, options: ScanOptions, inflate: Inflate, novelty?: Novelty) {
    this.#matcher = matcher;
    this.#options = options;
    this.#inflate = inflate;
    this.#novelty = novelty;
  }

  /** A whole content. */
  scan(bytes: Uint8Array, start: number, end: number, path: string): Scanned {
    return this.#scan(bytes, start, end, path, this.#options.archiveDepth);
  }

  /** Whether `scan` would unpack it. */
  isArchive(bytes: Uint8Array, start: number, end: number): boolean {
    return this.#options.archiveDepth > 0 && archiveKindOf(bytes, start, end) !== undefined;
  }

  /** One piece of a content that is too long to be held; matches that begin at `limit` or later are the next piece's. */
  scanPiece(
    bytes: Uint8Array,
    end: number,
    path: string,
    origin: Origin,
    limit: number,
    binary: boolean,
  ): { detections: Detection[]; behind: number } {
    const piece: Piece = { bytes, start: 0, end, kind: fileKindOf(path), path, binary };
    const placed = this.#placed(piece).filter((match) => match.start < limit);
    return { detections: this.#describe(piece, placed, origin), behind: placed.reduce((last, { end: each }) => Math.max(last, each), 0) };
  }

  #scan(bytes: Uint8Array, start: number, end: number, path: string, archiveDepth: number): Scanned {
    const kind = archiveDepth > 0 ? archiveKindOf(bytes, start, end) : undefined;
    if (kind !== undefined) {
      const { members, left, front } = unpack(kind, bytes.subarray(start, end), this.#inflate, path);
      // A packed tar is one layer: nobody who counts layers counts two.
      const [only] = kind === "gzip" ? members : [];
      const packedTar = only !== undefined && archiveKindOf(only.bytes, 0, only.bytes.length) === "tar";
      if (members.length > 0) {
        const inside = this.#scanMembers(members, left, packedTar ? archiveDepth : archiveDepth - 1);
        // What stands in front of a zip is no part of it: a program that unpacks itself, or anything else.
        return front === 0 ? inside : both(inside, this.#scan(bytes, start, start + front, path, archiveDepth - 1));
      }
    }
    const packed = kind === undefined ? 0 : 1;
    const encoding = encodingOf(bytes, start, end);
    if (encoding === "utf-8" || encoding === "binary")
      return { detections: this.#scanText(bytes, start, end, path, encoding === "binary"), packed };
    const text = toUtf8(bytes, start, end, encoding);
    return { detections: this.#scanText(text, 0, text.length, path, false), packed };
  }

  #scanMembers(members: readonly { name: string; bytes: Uint8Array }[], left: number, depth: number): Scanned {
    const detections: Detection[] = [];
    let packed = left > 0 ? 1 : 0;
    for (const { name, bytes } of members) {
      const inner = this.#scan(bytes, 0, bytes.length, name, depth);
      packed += inner.packed;
      for (const detection of inner.detections)
        detections.push({ ...detection, member: detection.member === undefined ? name : `${name}!${detection.member}` });
    }
    return { detections, packed };
  }

  #scanText(bytes: Uint8Array, start: number, end: number, path: string, binary: boolean): Detection[] {
    const piece: Piece = { bytes, start, end, kind: fileKindOf(path), path, binary };
    return this.#describe(
      piece,
      binary || this.#novelty === undefined ? this.#placed(piece) : this.#placedNew(piece, this.#novelty),
      beginning,
    );
  }

  /** A part with a secret is never remembered, and then the whole is looked at, so that edges of regions change nothing that is told. */
  #placedNew(piece: Piece, novelty: Novelty): Placed[] {
    const regions = novelty.regions(piece);
    if (regions === undefined) return this.#placed(piece);
    const isClean = regions.every(({ start, end }) => this.#placed({ ...piece, start, end }).length === 0);
    const placed = isClean ? [] : this.#placed(piece);
    if (placed.length === 0) novelty.remember();
    return placed;
  }

  #placed(piece: Piece): Placed[] {
    const { bytes } = piece;
    const placed: Placed[] = this.#matcher
      .find(piece)
      .map((match) => ({ ...match, secret: utf8(bytes, match.secretStart, match.secretEnd), decoded: false }));
    if (!piece.binary && this.#options.decodeDepth > 0) this.#lookInside(piece, this.#options.decodeDepth, undefined, placed);
    return placed.length < 2 ? placed : withoutDoubles(placed, this.#matcher.rules);
  }

  /** What is found in decoded text stands where its outermost encoding stands. */
  #lookInside(piece: Piece, depth: number, outer: { start: number; end: number } | undefined, placed: Placed[]): void {
    for (const part of decodedParts(piece.bytes, piece.start, piece.end)) {
      const place = outer ?? { start: part.start, end: part.end };
      const inner: Piece = { ...piece, bytes: part.bytes, start: 0, end: part.bytes.length };
      for (const match of this.#matcher.find(inner)) {
        const secret = utf8(part.bytes, match.secretStart, match.secretEnd);
        placed.push({ rule: match.rule, ...place, secretStart: place.start, secretEnd: place.end, secret, decoded: true });
      }
      if (depth > 1) this.#lookInside(inner, depth - 1, place, placed);
    }
  }

  #describe({ bytes, start, end }: Piece, placed: readonly Placed[], origin: Origin): Detection[] {
    if (placed.length === 0) return [];
    const places = new Places(bytes, start, end, origin.line, origin.column);
    const all = placed.map((match): Detection => {
      const from = places.of(match.start);
      const lineEnd = places.lineEnd(match.start);
      const line = utf8(bytes, Math.max(from.lineStart, match.start - 10_000), Math.min(lineEnd, match.end + 10_000));
      const previousStart = from.lineStart - 1 <= start ? start : bytes.lastIndexOf(10, from.lineStart - 2) + 1;
      const previous = from.lineStart > start ? utf8(bytes, Math.max(start, previousStart, from.lineStart - 2_000), from.lineStart) : "";
      const to = places.of(match.end);
      // A comment behind the end of a secret of several lines counts too; not one on a line that the pattern merely touches.
      const end = match.secretEnd > lineEnd ? places.of(match.secretEnd) : undefined;
      const last = end === undefined ? "" : utf8(bytes, end.lineStart, Math.min(places.lineEnd(match.secretEnd), end.lineStart + 2_000));
      return {
        rule: match.rule,
        secret: match.secret,
        line: from.line,
        column: from.column,
        endLine: to.line,
        endColumn: to.column,
        entropy: Math.round(entropyOf(match.secret) * 100) / 100,
        inline: isAllowedInline(line, previous) || (last !== "" && isAllowedInline(last, "")),
        ...(this.#options.keepContext ? { context: contextOf(bytes, match, from.lineStart, places.lineEnd(match.end), start) } : {}),
      };
    });
    return this.#options.keepContext ? all.filter((detection) => isWanted(detection, all, this.#matcher.rules)) : all;
  }
}

function both(one: Scanned, other: Scanned): Scanned {
  return { detections: [...one.detections, ...other.detections], packed: one.packed + other.packed };
}

/** As gitleaks gives it to allowlists: the line with the break before it, and all lines of a match that has several. */
function contextOf(
  bytes: Uint8Array,
  { start, end }: Placed,
  lineStart: number,
  lineEnd: number,
  first: number,
): { match: string; line: string } {
  const from = Math.max(lineStart > first ? lineStart - 1 : lineStart, start - 10_000);
  return { match: utf8(bytes, start, end), line: utf8(bytes, from, Math.min(lineEnd, end + 10_000)) };
}

/** A generic rule gives way to a specific one; of two built-in rules at one place the earlier is told; one rule tells a place once. */
function withoutDoubles(placed: readonly Placed[], rules: readonly Rule[]): Placed[] {
  const ordered = placed.toSorted((a, b) => a.start - b.start || Number(a.decoded) - Number(b.decoded));
  return ordered.filter((match, index) => !isDouble(ordered, index, match, rules));
}

/** Matches further away than this in the list cannot overlap in any text worth the comparison. */
const neighbours = 64;

function isDouble(all: readonly Placed[], index: number, match: Placed, rules: readonly Rule[]): boolean {
  for (let at = Math.max(0, index - neighbours); at < Math.min(all.length, index + neighbours); at++) {
    const other = all[at];
    if (other === undefined || at === index || other.secretStart >= match.secretEnd || other.secretEnd <= match.secretStart) continue;
    if (givesWay(match, other, at < index, rules)) return true;
  }
  return false;
}

function givesWay(match: Placed, other: Placed, earlier: boolean, rules: readonly Rule[]): boolean {
  if (match.rule === other.rule && match.decoded !== other.decoded) return match.decoded;
  if (match.rule === other.rule) return match.secret === other.secret && earlier;
  const [mine, its] = [rules[match.rule], rules[other.rule]];
  if (mine === undefined || its === undefined) return false;
  if (mine.generic !== its.generic) return mine.generic;
  if (mine.limits !== undefined || its.limits !== undefined) return false;
  if (match.decoded !== other.decoded && !mine.generic) return match.decoded;
  return match.rule > other.rule;
}

/** Conditions of a user's rule on what else the same content holds. */
function isWanted(detection: Detection, all: readonly Detection[], rules: readonly Rule[]): boolean {
  const limits = rules[detection.rule]?.limits;
  if (limits === undefined) return true;
  if (limits.skipReport) return false;
  return limits.required.every((need) =>
    all.some((other) => {
      if (rules[other.rule]?.id !== need.rule || other === detection) return false;
      const lines = Math.abs(other.line - detection.line);
      if (need.lines !== undefined && lines > need.lines) return false;
      return need.columns === undefined || Math.abs(other.column - detection.column) <= need.columns;
    }),
  );
}
