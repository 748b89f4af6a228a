import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMasker, type Masker } from "../../../packages/frame/masking.ts";
import { printableLine } from "../../../packages/frame/printable.ts";

const secret = `p@ss/w0rd+"quoted" <&'é> 100%`;

function masking(...secrets: readonly string[]): Masker {
  const masker = createMasker();
  for (const text of secrets) masker.add(text);
  return masker;
}

const encodings: readonly (readonly [string, (text: string) => string])[] = [
  ["raw", (text) => text],
  ["base64", (text) => Buffer.from(text).toString("base64")],
  ["base64url", (text) => Buffer.from(text).toString("base64url")],
  ["percent-encoded", encodeURIComponent],
  ["percent-encoded, lower case", (text) => encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase())],
  ["form-encoded", (text) => new URLSearchParams({ x: text }).toString().slice(2)],
  ["in a URL", (text) => new URL(`https://host.example/?q=${encodeURIComponent(text)}`).href],
  ["JSON", (text) => JSON.stringify({ text })],
  ["JSON in JSON", (text) => JSON.stringify(JSON.stringify({ text }))],
  [
    "JSON, ASCII only",
    (text) => JSON.stringify(text).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
  ],
  ["hex", (text) => Buffer.from(text).toString("hex")],
  ["hex, upper case", (text) => Buffer.from(text).toString("hex").toUpperCase()],
  [
    "HTML",
    (text) => text.replace(/[&<>"']/g, (unit) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[unit] ?? ""),
  ],
  ["printable", (text) => printableLine(`x ${text}`)],
];

describe("Masker", () => {
  it.each(encodings)("hides a secret written as %s", (_name, encode) => {
    const encoded = encode(secret);
    const masked = masking(secret).mask(`before ${encoded} after`);
    expect(masked).toMatch(/^before .*\*\*\*.* after$/);
    expect(masked).not.toContain(encoded);
    for (const part of ["w0rd", "cEBz", "70407373", "quoted"]) expect(masked).not.toContain(part);
  });

  it.each([0, 1, 2, 3, 4, 5])("hides a secret inside a longer base64 text, %i bytes in", (before) => {
    for (const kind of ["base64", "base64url"] as const) {
      const text = Buffer.from(`${"u".repeat(before)}${secret}:tail`).toString(kind);
      const left = masking(secret).mask(text);
      const readable = left.split("***").map((part) => Buffer.from(part, kind).toString());
      expect(left).toContain("***");
      expect(readable.join(" ")).not.toMatch(/w0rd|quoted|100%/);
    }
  });

  it("hides each line of a multi-line secret, and the whole of it", () => {
    const key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n  abcdEFGH1234\n}\n{}\n-----END RSA PRIVATE KEY-----\n";
    const masker = masking(key);
    expect(masker.mask(`log: ${key.trim()}.`)).toBe("log: ***.");
    expect(masker.mask("found abcdEFGH1234 in } and {}")).toBe("found *** in } and {}");
    expect(masker.mask("-----BEGIN RSA PRIVATE KEY-----")).toBe("-----BEGIN RSA PRIVATE KEY-----");
    expect(masker.mask(JSON.stringify({ key }))).not.toMatch(/MIIEp|abcdEFGH/);
    expect(masker.mask(key.replaceAll("\n", "\r\n"))).not.toMatch(/MIIEp|abcdEFGH/);
  });

  it.each(["", " ", "\n\n", "\t  \r\n", "a", "ab", "abc", "  abc \n", "a\nb\nc".slice(0, 3)])(
    "leaves text alone for the secret %j",
    (short) => {
      const masker = createMasker();
      expect(masker.add(short)).toBe(false);
      expect(masker.mask("a b c abc pass fail\n \t")).toBe("a b c abc pass fail\n \t");
    },
  );

  it("hides what overlaps, nests or touches as one", () => {
    expect(masking("abcdef", "defghi").mask("xabcdefghiy")).toBe("x***y");
    expect(masking("inner", "the inner part").mask("see the inner part, inner")).toBe("see ***, ***");
    expect(masking("token").mask("tokentoken token")).toBe("*** ***");
    expect(masking("abab").mask("xababababx abab")).toBe("x***x ***");
  });

  it("agrees with a slow search for every secret and text", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 4, maxLength: 7 });
    const text = fc.string({ unit: fc.constantFrom("a", "b", "c", " "), maxLength: 60 });
    fc.assert(
      fc.property(fc.array(letters, { minLength: 1, maxLength: 4 }), text, (secrets, given) => {
        const hidden = Array.from({ length: given.length }, () => false);
        for (const one of secrets) {
          for (let at = given.indexOf(one); at >= 0; at = given.indexOf(one, at + 1)) hidden.fill(true, at, at + one.length);
        }
        const expected = [...given].map((unit, at) => (hidden[at] ? "\u0000" : unit)).join("");
        expect(masking(...secrets).mask(given)).toBe(expected.replace(/\0+/g, "***"));
      }),
    );
  });

  it("takes one pass over a text made of almost-secrets", () => {
    const masker = masking(`${"a".repeat(2_000)}b`, ...Array.from({ length: 200 }, (_, index) => `${"a".repeat(100)}${index}c`));
    const text = "a".repeat(1_000_000);
    expect(masker.mask(text)).toBe(text);
    expect(masker.mask(`${text}b`)).toBe(`${"a".repeat(998_000)}***`);
  });

  it("masks every text of a tree, keys too, and keeps the words of a format", () => {
    const masker = masking("pass", "s3cret");
    const tree = { verdict: "pass", rows: [["my s3cret", 1, null, true]], s3cret: { why: "pass the s3cret" }, none: undefined };
    expect(masker.deep(tree, (key, text) => key === "verdict" && text === "pass")).toEqual({
      verdict: "pass",
      rows: [["my ***", 1, null, true]],
      "***": { why: "*** the ***" },
      none: undefined,
    });
    expect(Object.getPrototypeOf(masker.deep(JSON.parse('{"__proto__": {"x": "s3cret"}}')))).toBe(Object.prototype);
  });
});
