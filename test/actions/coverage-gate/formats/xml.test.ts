import fc from "fast-check";
import { SaxesParser } from "saxes";
import { describe, expect, it } from "vitest";
import { Window } from "../../../../actions/coverage-gate/src/formats/session.ts";
import { XmlScanner } from "../../../../actions/coverage-gate/src/formats/xml.ts";
import { refusal } from "./read.ts";

const elements = ["a", "line", "ns:b", "sources"];
const attributes = ["x", "number", "long-name", "y"];

/** What our scanner tells of a document, read in windows of `size` bytes. */
function ours(text: string, size: number): string[] {
  const events: string[] = [];
  const handler = {
    open: (name: number, tag: { text(i: number): string | undefined; wantText(): void }) => {
      const values = attributes.map((attribute, i) => [attribute, tag.text(i + 1)] as const).filter(([, value]) => value !== undefined);
      events.push(`<${elements[name - 1]} ${JSON.stringify(Object.fromEntries(values))}`);
      if (elements[name - 1] === "sources") tag.wantText();
    },
    close: (name: number) => events.push(`</${elements[name - 1]}`),
    text: (_: number, text: string) => events.push(`text ${text}`),
  };
  const window = new Window(new XmlScanner(handler, elements, attributes), new Uint8Array(size));
  window.write(new TextEncoder().encode(text));
  window.end();
  return events;
}

/** The same from saxes, leaving out names that we do not look for. */
function oracle(text: string): string[] {
  const events: string[] = [];
  const parser = new SaxesParser();
  let content = "";
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes: all }) => {
    content = "";
    const values = attributes.filter((attribute) => all[attribute] !== undefined).map((attribute) => [attribute, all[attribute]]);
    if (elements.includes(name)) events.push(`<${name} ${JSON.stringify(Object.fromEntries(values))}`);
  });
  parser.on("text", (piece) => {
    content += piece;
  });
  parser.on("cdata", (piece) => {
    content += piece;
  });
  parser.on("closetag", ({ name, isSelfClosing }) => {
    if (name === "sources" && !isSelfClosing) events.push(`text ${content}`);
    if (elements.includes(name)) events.push(`</${name}`);
  });
  parser.write(text).close();
  return events;
}

const word = fc.constantFrom("plain", "a>b", "1 2", "&lt;&amp;&#65;&#x1F600;", "it''s", 'say "x"', "]]", "--", "/", "ü€😀", "");
const attribute = fc.tuple(fc.constantFrom(...attributes, "other"), word, fc.boolean(), fc.constantFrom("", " ", "\n\t"));
const tagText = fc.uniqueArray(attribute, { selector: ([name]) => name, maxLength: 5 }).map((list) =>
  list
    .map(([name, value, single, space]) => {
      const quote = value.includes('"') || (single && !value.includes("'")) ? "'" : '"';
      return ` ${name}${space}=${space}${quote}${value.replaceAll(quote, "")}${quote}`;
    })
    .join(""),
);
const filler = fc.constantFrom(
  "",
  "\n  ",
  "text &gt; more",
  "<!-- <a x='1'> & -- > -->".replace("-- >", "- - >"),
  "<![CDATA[<a/> ]] & ]]>",
  "<?php <a> ?>",
);
const leaf = fc.tuple(fc.constantFrom(...elements, "unknown", "lines", "ab"), tagText, fc.constantFrom("", " "));
const { node } = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small" },
    leaf.map(([name, list, space]) => `<${name}${list}${space}/>`),
    fc
      .tuple(
        leaf.filter(([name]) => name !== "sources"),
        fc.array(fc.oneof(filler, tie("node")), { maxLength: 4 }),
      )
      .map(([[name, list, space], children]) => `<${name}${list}${space}>${children.join("")}</${name}${space}>`),
    fc
      .tuple(tagText, fc.constantFrom("", " /src ", "<![CDATA[C:\\<x>]]>", "a&amp;b"))
      .map(([list, text]) => `<sources${list}>${text}</sources>`),
  ),
}));
const prolog = fc.constantFrom("", '<?xml version="1.0"?>\n', '<!DOCTYPE a SYSTEM "http://example.invalid/a.dtd">\n', "<!-- c -->\n");
const documents = fc.tuple(prolog, node, fc.constantFrom("", "\n", "<!-- end -->\n")).map((parts) => parts.join(""));

describe("XML", () => {
  it("tells the same as saxes, in windows of any size", () => {
    fc.assert(
      fc.property(documents, fc.integer({ min: 1, max: 60 }), (text, size) => {
        expect(ours(text, size)).toEqual(oracle(text));
      }),
      { numRuns: 1500, seed: 20_261_121 },
    );
  });

  it("refuses every cut of a document", () => {
    fc.assert(
      fc.property(documents, fc.nat(), (text, at) => {
        const trimmed = text
          .trimEnd()
          .replace(/<!-- end -->$/, "")
          .trimEnd();
        const cut = trimmed.slice(0, at % trimmed.length);
        expect(() => ours(cut, 16)).toThrow(/truncated/);
      }),
      { numRuns: 500, seed: 20_261_121 },
    );
  });

  it.each([
    ["a tag that closes another", "<coverage line-rate='1'><a></b></coverage>", "`</b>` closes another element"],
    ["a tag that closes nothing", "<coverage line-rate='1'></coverage></coverage>", "closes nothing"],
    ["two roots", "<coverage line-rate='1'/><coverage/>", "a second root element"],
    ["text outside", "<coverage line-rate='1'/>\nhello", "line 2: `hello` stands outside"],
    ["no quotes", "<coverage line-rate=1><a/></coverage>", "no quotes"],
    ["a value that is not closed", '<coverage line-rate="1"><a x="1><b/></coverage>', "not closed"],
    ["an attribute without a value", "<coverage line-rate='1'><a checked></a></coverage>", "is no attribute"],
    ["nesting without end", `<coverage line-rate='1'>${"<a>".repeat(5000)}`, "more than 1000 deep"],
    ["an element left open", "<coverage line-rate='1'><packages>\n", "2 elements are not closed"],
  ])("refuses %s", (_, text, expected) => expect(refusal(text, "cobertura")).toContain(expected));
});
