import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commentLimit, renderMarkdown, summaryLimit } from "../../../packages/report/markdown.ts";
import { codeSpan, linkTarget, markdownInline, markdownText } from "../../../packages/report/markdown-text.ts";
import type { Report, Text } from "../../../packages/report/model.ts";
import { hostileStrings } from "../../fixtures/hostile.ts";
import { everyField } from "./every-field.ts";
import { problemsOf } from "./markdown-structure.ts";
import { failing, passing, unknown } from "./samples.ts";

const comment = { limitBytes: commentLimit, medium: "comment" } as const;
const summary = { limitBytes: summaryLimit, medium: "summary" } as const;
const bytes = (text: string) => Buffer.byteLength(text);
const specials = fc.string({
  unit: fc.constantFrom(
    ..."`|\\*_~[]()<>!#@$&:;-+=1a%^{}\"'\n\t \r.",
    "www.",
    "://",
    "<!--",
    "\u200b",
    "\u202e",
    "5f6978f5e0b3",
    "GH-",
    "```",
  ),
  maxLength: 24,
});

describe("renderMarkdown", () => {
  it("says a failure like this", async () => {
    await expect(renderMarkdown(failing, comment)).toMatchFileSnapshot("golden/fail.md");
  });

  it("says a pass like this", async () => {
    await expect(renderMarkdown(passing, summary)).toMatchFileSnapshot("golden/pass.md");
  });

  it("says what it cannot know like this", async () => {
    await expect(renderMarkdown(unknown, comment)).toMatchFileSnapshot("golden/unknown.md");
  });

  it("has the answer in the first line, enforced or not", () => {
    const first = (report: Report) => renderMarkdown(report, comment).split("\n")[0];
    expect(first(passing)).toMatch(/^### ✅ Pass · coverage-gate web · 84\.21%/);
    expect(first({ ...failing, enforced: false })).toMatch(/^### ❌ Fail \(not enforced\) · coverage-gate web · 62\.50%/);
    expect(first({ ...passing, enforced: false })).toMatch(/^### ✅ Pass · /);
  });

  it("says what numbers were when they changed", () => {
    const before = {
      ...failing,
      rules: [{ name: "minimum-patch", verdict: "pass", actual: 90, limit: 80, unit: "%" } as const, passing.rules[0]].flatMap(
        (rule) => rule ?? [],
      ),
    };
    const text = renderMarkdown(failing, { ...comment, previous: before });
    expect(text).toContain("<strong>62.50%</strong> (was 90.00%)");
    expect(text).toContain("| 84.21% |");
  });

  it("links places where the run is known, and only there", () => {
    const text = renderMarkdown(failing, comment);
    expect(text).toContain(
      "[`14-21`](https://github.com/acme/shop/blob/b94d27b9934d3e08a52e52d7da7dabfac484efe3/src/cart/total.ts#L14-L21)",
    );
    expect(text).toContain("src/pay/%5Bslug%5D.tsx#L3");
    const { runUrl: _runUrl, ...laptop } = failing;
    expect(renderMarkdown(laptop, comment)).not.toContain("](");
  });

  it.each(hostileStrings)("is not moved by $name", ({ text }) => {
    const report = everyField(text);
    expect(problemsOf(renderMarkdown(report, summary))).toEqual([]);
    expect(problemsOf(renderMarkdown(report, comment))).toEqual([]);
  });

  it("is not moved by any mixture of special characters, at any limit", () => {
    fc.assert(
      fc.property(specials, fc.integer({ min: 4_000, max: 40_000 }), (text, limitBytes) => {
        const rendered = renderMarkdown(everyField(text), { limitBytes, medium: "comment" });
        expect(problemsOf(rendered)).toEqual([]);
        expect(bytes(rendered)).toBeLessThanOrEqual(limitBytes);
      }),
      { numRuns: 300 },
    );
  });

  it("refuses a limit that could not hold the answer", () => {
    expect(() => renderMarkdown(passing, { limitBytes: 3_999, medium: "comment" })).toThrow(RangeError);
  });
});

describe("a report that does not fit", () => {
  const files = Array.from({ length: 5_000 }, (_, index) => `packages/module-${index}/src/ünïcode/file-${index}.ts`);
  const rows = files.map((place, index): Text[] => [{ place }, `${index % 100}%`, { place, line: 1, endLine: 9, text: "1-9" }]);
  const large: Report = {
    ...failing,
    findings: files.map((path) => ({ rule: "minimum-patch", severity: "warning", message: "No test runs this.", path, line: 7 })),
    sections: [
      {
        title: "Files",
        folded: true,
        blocks: [{ kind: "table", columns: [{ title: "File" }, { title: "Patch" }, { title: "Lines" }], rows }],
      },
      { title: "Second | part", blocks: [{ kind: "code", text: "x\n".repeat(10) }] },
    ],
  };

  it.each([
    {
      ...comment,
      least: 64_000,
      where: "[the summary of the run](https://github.com/acme/shop/actions/runs/1234567) and in the report file",
    },
    { ...summary, least: 1_000_000, where: "All of it is in the report file" },
  ])("is cut from the end to $limitBytes bytes and says so", ({ least, where, ...options }) => {
    const text = renderMarkdown(large, options);
    expect(bytes(text)).toBeLessThanOrEqual(options.limitBytes);
    expect(bytes(text)).toBeGreaterThan(least);
    expect(problemsOf(text)).toEqual([]);
    expect(text).toContain("module-0/");
    expect(text).toContain("❌ fail");
    expect(text).toMatch(/Left out for length: [\d,]+ rows of “(Files|All findings: 5,000 warnings)”/);
    expect(text).toContain(where);
    const shown = text.split("\n").filter((line) => line.startsWith("| [`packages/")).length;
    const told = Number(/Left out for length: ([\d,]+) rows of “Files”/.exec(text)?.[1]?.replaceAll(",", "") ?? 0);
    expect(shown + told).toBe(5_000);
  });

  it("names the parts that are missing", () => {
    expect(renderMarkdown(large, { limitBytes: 10_000, medium: "comment" })).toContain(
      "“Files”, “Second \\| part”, “All findings: 5,000 warnings”. All of it",
    );
  });

  it("fits every limit with every kind of block cut", () => {
    const long: Report = {
      ...large,
      headline: "`$@x|<".repeat(2_000),
      notes: Array.from({ length: 50 }, (_, index) => `note ${index}`),
      sections: [
        { title: "Code", folded: true, blocks: [{ kind: "code", text: "```\n</details>\n".repeat(200) }] },
        {
          title: "List",
          blocks: [
            { kind: "list", items: files.slice(0, 200) },
            { kind: "paragraph", text: "end" },
          ],
        },
      ],
    };
    fc.assert(
      fc.property(fc.integer({ min: 4_000, max: 30_000 }), (limitBytes) => {
        const text = renderMarkdown(long, { limitBytes, medium: "summary" });
        expect(bytes(text)).toBeLessThanOrEqual(limitBytes);
        expect(problemsOf(text)).toEqual([]);
        expect(text).toMatch(/^## ❌ Fail/);
        expect(text).toContain("Left out for length: ");
      }),
      { numRuns: 60 },
    );
  });

  it("says nothing of cuts when all is there", () => {
    expect(renderMarkdown(failing, comment)).not.toContain("Left out");
  });
});

describe("texts in Markdown", () => {
  it.each([
    ["@octocat", "@&#8203;octocat"],
    ["org/repo#12", "org/repo\\#&#8203;12"],
    ["GH-3", "GH-&#8203;3"],
    ["5f6978f5e0b3", "5f6978&#8203;f5e0b3"],
    ["1234567 lines", "1234567 lines"],
    ["https://x.example", "https:&#8203;//x.example"],
    ["me@x.example", "me@&#8203;x.example"],
    [":x:", ":&#8203;x:"],
    ["$5", "<span>$</span>5"],
    ["a\nb\u202e", "a b\\\\u202e"],
    ["wow!", "wow\\!"],
    ["plain text, 62.50% (of 80%) - done", "plain text, 62.50% (of 80%) - done"],
  ])("%j becomes %j", (text, expected) => {
    expect(markdownText(text)).toBe(expected);
  });

  it.each([
    ["src/a.ts", "`src/a.ts`"],
    ["node_modules/@types/node", "`node_modules/@types/node`"],
    ["a`b", "``a`b``"],
    ["`a`", "`` `a` ``"],
    ["a|b", "<code>a&#124;b</code>"],
    ["<!-- x", "`<\\!-- x`"],
    ["a\nb", "`a\\nb`"],
    ["", ""],
  ])("%j as code becomes %j", (text, expected) => {
    expect(codeSpan(text)).toBe(expected);
  });

  it.each([
    ["https://host.example/a(b)|c?d=<e>&f=*", "https://host.example/a%28b%29%7Cc?d=%3Ce%3E&amp;f=%2A"],
    ["javascript:alert(1)", undefined],
    ["data:text/html,x", undefined],
    ["//host.example", undefined],
    ["https://user@host.example/", undefined],
    [`https://host.example/${"x".repeat(3_000)}`, undefined],
  ])("the link %s becomes %s", (link, expected) => {
    expect(linkTarget(link)).toBe(expected);
  });

  it("keeps pieces that touch apart", () => {
    expect(markdownInline([{ code: "a" }, { code: "b" }], undefined, 100)).toBe("`a`&#8203;`b`");
    expect(markdownInline(["@", "octocat"], undefined, 100)).toBe("@&#8203;octocat");
    expect(markdownInline(["wow!", { link: "https://x.example/", text: "x" }], undefined, 100)).toBe("wow\\![x](https://x.example/)");
    expect(markdownInline(["see ", { code: "a" }, ", then"], undefined, 100)).toBe("see `a`, then");
  });
});
