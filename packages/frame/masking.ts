import { FormSearch } from "./form-search.ts";
import { defused, visible } from "./printable.ts";

/** What a secret becomes. */
export const mask = "***";

/** Shorter texts stand in ordinary words: masking them would hide the report and not the secret. */
const shortestSecret = 4;

/**
 * Knows secrets and hides them in any text, however they are usually written there.
 *
 * What is hidden: the secret without white space at its ends, and each line of it (trimmed) that has a letter or a digit and is not a PEM header;
 * each of these raw, in base64 (standard and url-safe, at all three alignments, so also inside a longer encoded text), percent-encoded (both cases,
 * `+` for spaces), JSON-escaped (once and twice, ASCII-only too), in hex (both cases), HTML-escaped, and as `printableLine` writes it.
 *
 * What is not: a secret or line of fewer than four characters, or of white space only. `add` says so with `false`, and the caller can warn.
 * Occurrences that overlap or touch become one `***`. The time is linear in the text, whatever the secrets are.
 */
export class Masker {
  readonly #forms = new Set<string>();
  #search: FormSearch | undefined;

  /** False when nothing of the secret is long enough to be hidden. */
  add(secret: string): boolean {
    const whole = secret.trim();
    const lines = whole.split(/[\r\n]+/u).map((line) => line.trim());
    const pieces = [whole, ...lines.filter(worthHiding)].filter((piece) => piece.length >= shortestSecret);
    for (const piece of pieces) {
      for (const form of formsOf(piece)) this.#forms.add(form);
    }
    this.#search = undefined;
    return pieces.length > 0;
  }

  mask(text: string): string {
    if (this.#forms.size === 0) return text;
    this.#search ??= new FormSearch(this.#forms);
    return this.#search.replace(text, mask);
  }

  /**
   * Masks every text in a tree of plain objects and arrays, keys included; anything else is returned as it is. This must happen before a renderer
   * escapes the texts: `a|b` is `a\|b` in Markdown, and no list of encodings is complete. `keep` names texts that are words of a format.
   */
  deep<T>(value: T, keep: (key: string, text: string) => boolean = () => false): T {
    return this.#forms.size === 0 ? value : (this.#tree(value, "", keep) as T);
  }

  #tree(value: unknown, key: string, keep: (key: string, text: string) => boolean): unknown {
    if (typeof value === "string") return keep(key, value) ? value : this.mask(value);
    if (Array.isArray(value)) {
      const items = value.map((item) => this.#tree(item, key, keep));
      return items.every((item, index) => item === value[index]) ? value : items;
    }
    if (!isPlainObject(value)) return value;
    const given = Object.entries(value);
    const masked = given.map(([name, item]) => [this.mask(name), this.#tree(item, name, keep)] as const);
    // What holds no secret is not copied: ten thousand findings would be in memory twice.
    const clean = masked.every(([name, item], index) => name === given[index]?.[0] && item === given[index]?.[1]);
    return clean ? value : Object.fromEntries(masked);
  }
}

export function createMasker(): Masker {
  return new Masker();
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Brackets and rulers on lines of their own, and PEM headers, are no secrets: hiding them would only tear holes in logs. */
function worthHiding(line: string): boolean {
  return /[\p{L}\p{N}]/u.test(line) && !/^-----(BEGIN|END) [A-Z0-9 ]+-----$/.test(line);
}

function formsOf(piece: string): string[] {
  const bytes = Buffer.from(piece, "utf8");
  const wellFormed = bytes.toString("utf8");
  const hex = bytes.toString("hex");
  const forms = [
    piece,
    defused(visible(piece)),
    hex,
    hex.toUpperCase(),
    ...base64Forms(bytes),
    ...urlForms(wellFormed),
    ...jsonForms(piece),
    ...htmlForms(piece),
  ];
  return forms.filter((form) => form.length >= shortestSecret);
}

/** Six bits make a character, so the same bytes look different at each of three offsets; characters that mix with neighbours are left out. */
function base64Forms(bytes: Buffer): string[] {
  const standard = [bytes.toString("base64")];
  for (const offset of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    standard.push(encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6)));
  }
  return standard.flatMap((form) => [form, form.replaceAll("+", "-").replaceAll("/", "_")]);
}

function urlForms(piece: string): string[] {
  const usual = encodeURIComponent(piece);
  const strict = usual.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  const upper = [usual, strict, usual.replaceAll("%20", "+"), strict.replaceAll("%20", "+")];
  return upper.flatMap((form) => [form, form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())]);
}

function jsonForms(piece: string): string[] {
  const once = jsonText(piece);
  const slashes = once.replaceAll("/", "\\/");
  const unicode = (text: string, which: RegExp) => text.replace(which, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const ascii = unicode(once, /[^\x20-\x7e]/g);
  return [once, jsonText(once), slashes, ascii, unicode(ascii, /[<>&'+]/g)];
}

function jsonText(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function htmlForms(piece: string): string[] {
  const tags = piece.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const quoted = tags.replaceAll('"', "&quot;");
  return [tags, quoted, ...["&#39;", "&#x27;", "&apos;"].map((quote) => quoted.replaceAll("'", quote)), tags.replaceAll('"', "&#34;")];
}
