import type { FileKind } from "./file-kind.ts";
import type { Latin1 } from "./text.ts";

/** A match in bytes: `[start, end)`, of which `[secretStart, secretEnd)` is the secret. */
export interface Match {
  readonly rule: number;
  readonly start: number;
  readonly end: number;
  readonly secretStart: number;
  readonly secretEnd: number;
}

/** Bytes `[start, end)` of a text, and what is known about it. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly kind: FileKind;
  readonly path: string;
  /** Only rules that look into binary files. */
  readonly binary: boolean;
}

export type Found = Omit<Match, "rule">;

/** Looks at one keyword at `[start, end)`. */
export type Special = (piece: Piece, start: number, end: number, latin1: Latin1) => Found | undefined;
