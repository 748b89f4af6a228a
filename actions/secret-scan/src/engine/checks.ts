import type { CheckName } from "../model.ts";
import { base64Text } from "./base64.ts";

/** What a vendor's format says about a token beyond its alphabet: false for what that vendor cannot have issued. */
export function passesCheck(name: CheckName, secret: string): boolean {
  switch (name) {
    case "crc32-base62":
      return hasChecksum(secret);
    case "jwt":
      return isJwt(secret);
    case "numeric-base64":
      return /^\d{15,20}$/.test(base64Text(secret.slice(0, secret.indexOf("."))));
  }
}

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const lengthWithChecksum = 36;

/** GitHub and npm end a token's 30 random characters with their CRC-32 in six digits of base 62. Longer tokens (refresh tokens) have another, unpublished form. */
function hasChecksum(secret: string): boolean {
  const body = secret.slice(secret.indexOf("_") + 1);
  if (body.length !== lengthWithChecksum) return true;
  return base62(crc32(body.slice(0, -6))) === body.slice(-6);
}

export function base62(value: number): string {
  let text = "";
  for (let rest = value; rest > 0; rest = Math.floor(rest / 62)) text = alphabet.charAt(rest % 62) + text;
  return text.padStart(6, "0");
}

export function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let index = 0; index < text.length; index++) {
    crc ^= text.charCodeAt(index);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** Header and claims are JSON objects; the one that the format's own documentation shows is nobody's. */
function isJwt(secret: string): boolean {
  const [header = "", claims = ""] = secret.split(".");
  const head = base64Text(header);
  const body = base64Text(claims);
  if (!/^\{\s*"/.test(head) || !/"(?:alg|enc)"\s*:/.test(head) || !/^\{\s*"/.test(body)) return false;
  return !/"sub"\s*:\s*"1234567890"|John Doe|"iss"\s*:\s*"joe"/.test(body);
}
