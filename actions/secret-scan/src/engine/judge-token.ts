import type { PatternFinder } from "../model.ts";
import { base64Text } from "./base64.ts";
import { passesCheck } from "./checks.ts";
import { surpriseOf } from "./likelihood.ts";
import type { Piece } from "./piece.ts";
import { isExampleToken } from "./placeholders.ts";
import { entropyOf } from "./statistics.ts";
import { endsWord, isAlphanumeric, startsWord } from "./text.ts";

/** The conditions of built-in patterns that their syntax does not say. */
export function acceptsToken(piece: Piece, finder: PatternFinder, secret: string, start: number, end: number): boolean {
  const { bytes } = piece;
  if (!startsWord(bytes, start, piece.start) || !endsWord(bytes, end, piece.end)) return false;
  if (finder.unshaped === true && !isPlausible(piece, secret, end)) return false;
  if (finder.entropy !== undefined && entropyOf(secret) < finder.entropy) return false;
  if (finder.check !== undefined && !passesCheck(finder.check, secret)) return false;
  // Documentation shows tokens without a time; one that somebody was given has one.
  if (finder.check === "jwt" && piece.kind.kind === "docs" && !/"(?:exp|iat)"/.test(base64Text(secret.split(".")[1] ?? ""))) return false;
  return !isExampleToken(secret);
}

/** A value that only its name makes a secret: not one of a list of hashes, not the beginning of a longer name, no words. */
function isPlausible({ bytes, kind }: Piece, secret: string, end: number): boolean {
  if (kind.kind === "lock" || (bytes[end] === 45 && isAlphanumeric(bytes[end + 1]))) return false;
  return /\d/.test(secret) ? !readsLikeName(secret) : surpriseOf(secret) >= 5.5;
}

/** `my-service-name2`, `fooBarBaz1`: words with a number. */
function readsLikeName(secret: string): boolean {
  return /^[A-Za-z]{3,}\d{0,3}(?:[-_./][A-Za-z]{2,}\d{0,3})*$/.test(secret) && surpriseOf(secret) < 5;
}
