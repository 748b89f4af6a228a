import { base62, crc32 } from "../../../actions/secret-scan/src/engine/checks.ts";
import type { Rule } from "../../../actions/secret-scan/src/model.ts";
import { parsePattern } from "../../../actions/secret-scan/src/regex/parse.ts";
import type { Node } from "../../../actions/secret-scan/src/regex/tree.ts";

/** A generator of its own, so that samples are the same in every run and no token stands in a file. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }

  below(limit: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    this.#state >>>= 0;
    return this.#state % limit;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  text(alphabet: string, length: number): string {
    return Array.from({ length }, () => alphabet.charAt(this.below(alphabet.length))).join("");
  }
}

export const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** A text that the pattern matches. */
export function textOf(node: Node, dice: Dice): string {
  switch (node.kind) {
    case "empty":
    case "assert":
      return "";
    case "set": {
      const codes = [...node.set.keys()].filter((code) => node.set[code] === 1 && code > 32 && code < 127);
      return String.fromCharCode(dice.pick(codes.length > 0 ? codes : [32]));
    }
    case "sequence":
      return node.parts.map((part) => textOf(part, dice)).join("");
    case "choice":
      return textOf(dice.pick(node.options), dice);
    case "group":
      return textOf(node.part, dice);
    case "repeat": {
      const most = Math.min(node.max, node.min + 12);
      return Array.from({ length: node.min + dice.below(most - node.min + 1) }, () => textOf(node.part, dice)).join("");
    }
  }
}

function json(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** A fresh token as its vendor would have issued it; for values that a name makes a secret, the whole assignment. */
export function sampleOf(rule: Rule, dice: Dice): string | undefined {
  const { finder } = rule;
  if (finder.kind !== "pattern") return undefined;
  if (finder.unshaped === true) return namedSample(rule, finder.source, dice);
  if (finder.check === "jwt") {
    const claims = { sub: dice.text(alphanumeric, 12), iat: 1_700_000_000 + dice.below(9e6) };
    return `${json({ alg: "HS256", typ: "JWT" })}.${json(claims)}.${dice.text(alphanumeric, 43)}`;
  }
  if (finder.check === "numeric-base64") {
    const id = Buffer.from(`1${dice.text("0123456789", 17)}`).toString("base64url");
    return `token = "${id}.G${dice.text(alphanumeric, 5)}.${dice.text(alphanumeric, 38)}"`;
  }
  const text = textOf(parsePattern(finder.source, true).root, dice);
  if (finder.check !== "crc32-base62" || text.length !== 40) return text;
  return `${text.slice(0, 34)}${base62(crc32(text.slice(4, 34)))}`;
}

function namedSample(rule: Rule, source: string, dice: Dice): string {
  const name = dice.pick(rule.keywords);
  const value = textOf(parsePattern(source.slice(source.indexOf("8}(") + 2), true).root, dice);
  return dice.pick([
    `${name}_key = "${value}"`,
    `${name.toUpperCase()}_TOKEN=${value}`,
    `"${name}Secret": "${value}"`,
    `${name}_secret: ${value}`,
  ]);
}
