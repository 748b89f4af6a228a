import { describe, expect, it } from "vitest";
import { openAllowlists } from "../../../actions/secret-scan/src/allow.ts";
import { readGitleaks } from "../../../actions/secret-scan/src/config/gitleaks.ts";
import { extended } from "../../../actions/secret-scan/src/config/rules.ts";
import { scanner } from "./arrange.ts";

const rules = (text: string) => extended(readGitleaks(text, "rules.toml"), undefined, "rules.toml", []).rules;
const found = (toml: string, text: string, path = "a.txt") =>
  scanner(rules(toml), { keepContext: true, decodeDepth: 0 })(text, path).map(({ id, line, secret }) => `${id} ${line} ${secret}`);

describe("a .gitleaks.toml", () => {
  it("merges a rule with the one it extends", () => {
    const base = extended(
      readGitleaks("[[rules]]\nid='a'\ndescription='base'\nregex='''tok_(\\w+)'''\nkeywords=['tok_']\n", "base.toml"),
      undefined,
      "base.toml",
      [],
    );
    const own = readGitleaks("[extend]\npath='base.toml'\n[[rules]]\nid='a'\npath='''\\.env$'''\nentropy=2\n", "own.toml");
    const [rule] = extended(own, base, "own.toml", []).rules;
    expect(rule).toMatchObject({
      title: "base",
      keywords: ["tok_"],
      finder: { kind: "pattern", source: "tok_(\\w+)", entropy: 2 },
      limits: { path: "\\.env$" },
    });
  });

  it("takes a text with commas for a list, and numbers in quotes", () => {
    expect(rules("[[rules]]\nid='a'\nregex='''(x)(y)'''\nkeywords='B,c'\nsecretGroup='2'\n")[0]).toMatchObject({
      keywords: ["b", "c"],
      finder: { group: 2 },
    });
  });

  it("names the line of a pattern that Go does not know", () => {
    expect(() => rules("title='x'\n\n[[rules]]\nid='a'\nregex='''a(?=b)'''\n")).toThrow('rules.toml, line 5: rule "a" has a pattern with');
  });

  it.each([
    ["[[rules]]\nid='a'\nregex=5\n", 'rules.toml, line 1: rule "a" has a `regex` that is no text.'],
    ["title='x'\n\n[[rules]]\nid='a'\nregex='x'\n[[rules]]\nregex='y'\n", "rules.toml, line 6: a rule has no id."],
    ["[[rules]]\nid='a'\nregex='x'\nentropy='high'\n", 'rules.toml, line 1: rule "a" has the entropy "high". Allowed: a number.'],
    ["[[rules]]\nid='a'\nregex='x'\nsecretGroup=[1]\n", 'rules.toml, line 1: rule "a" has the secretGroup [1]. Allowed: a number.'],
  ])("refuses %j with its line", (toml, message) => {
    expect(() => rules(toml)).toThrow(message);
  });

  it("tells a match behind a line break on its own line, and groups of the match alone", () => {
    expect(found("[[rules]]\nid='a'\nregex='''\\n?id=(\\d+)\\n?'''\n", "x\nid=12\n")).toEqual(["a 2 12"]);
    expect(found("[[rules]]\nid='a'\nregex='''\\B(b+)'''\n", "abb")).toEqual(["a 1 b"]);
  });

  it("counts entropy in characters", () => {
    const rule = "[[rules]]\nid='a'\nregex='''k=(\\S+)'''\nentropy=1.6\n";
    expect([found(rule, "k=abcd"), found(rule, "k=äöüß")]).toEqual([["a 1 abcd"], []]);
  });

  it("accepts a commit by its whole name, and members of archives by theirs", () => {
    const config = readGitleaks(
      "[[rules]]\nid='a'\nregex='''x'''\n[[allowlists]]\ncommits=['abc']\n[[allowlists]]\npaths=['''^inner''']\n",
      "c.toml",
    );
    const allowed = openAllowlists(config.rules, config.allow);
    const detection = { rule: 0, secret: "x", line: 1, endLine: 1, column: 1, endColumn: 2, entropy: 0, inline: false };
    expect(allowed({ detection, path: "a", commit: "abcd", hash: "" })).toBe(false);
    expect(allowed({ detection, path: "a", commit: "abc", hash: "" })).toBe(true);
    expect(allowed({ detection: { ...detection, member: "inner.txt" }, path: "a.zip!inner.txt", hash: "" })).toBe(true);
  });
});
