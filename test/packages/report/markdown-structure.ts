/**
 * What can be wrong with rendered Markdown, found without a parser: tags that are not ours, comments, open ends, rows with too many cells, links to
 * elsewhere, and what GitHub would turn into a mention, a reference, an address, an emoji or a formula.
 */
export function problemsOf(markdown: string): string[] {
  const { prose, problems } = withoutFences(markdown);
  if (markdown.includes("<!--")) problems.push("comment");
  if (!markdown.endsWith("\n")) problems.push("no whole last line");
  if (/(?![\n\t])\p{Cc}|[\u200b\u202a-\u202e\u2066-\u2069]/u.test(markdown)) problems.push("unseen character");
  problems.push(...tableProblems(prose), ...detailsProblems(prose));
  const text = prose.map(withoutCode).join("\n");
  for (const [tag] of text.matchAll(/<[^>]*>?/g)) {
    if (!/^<\/?(details|summary|sub|span|strong)>$/.test(tag)) problems.push(`tag ${tag}`);
  }
  for (const [, target = ""] of text.matchAll(/(?<!\\)\]\(([^)]*)\)/g)) {
    if (!/^https?:\/\/[!-~]+$/.test(target) || /[<>"'`|\\]/.test(target)) problems.push(`link ${target}`);
  }
  problems.push(...activeText(text));
  return problems;
}

function withoutFences(markdown: string): { prose: string[]; problems: string[] } {
  const prose: string[] = [];
  let fence = "";
  for (const line of markdown.split("\n")) {
    const mark = /^(`{3,})([a-z0-9+-]*)$/.exec(line);
    if (fence === "" && mark !== null) fence = mark[1] ?? "";
    else if (fence !== "" && mark?.[2] === "" && (mark[1] ?? "").length >= fence.length) fence = "";
    else if (fence === "") prose.push(line);
  }
  return { prose, problems: fence === "" ? [] : ["open fence"] };
}

/** Code spans and code elements taken out, because filters do not look into them. Read as a parser does: escapes first, then runs of equal length. */
function withoutCode(line: string): string {
  let shown = "";
  for (let at = 0; at < line.length; ) {
    const run = /^`+/.exec(line.slice(at))?.[0] ?? "";
    const end = run === "" ? -1 : closingRun(line, at + run.length, run.length);
    if (line[at] === "\\") {
      shown += line.slice(at, at + 2);
      at += 2;
    } else if (run === "") {
      shown += line[at];
      at += 1;
    } else {
      shown += end < 0 ? run : " ";
      at = end < 0 ? at + run.length : end;
    }
  }
  return shown.replace(/<code>[^<]*<\/code>/g, " ");
}

function closingRun(line: string, from: number, length: number): number {
  for (const run of line.slice(from).matchAll(/`+/g)) {
    if (run[0].length === length) return from + run.index + length;
  }
  return -1;
}

function tableProblems(prose: readonly string[]): string[] {
  const problems: string[] = [];
  let columns = 0;
  for (const line of prose) {
    const cells = line.startsWith("|") ? line.replace(/\\./g, "").split("|").length - 2 : 0;
    if (columns > 0 && cells > 0 && cells !== columns) problems.push(`${cells} cells of ${columns}: ${line.slice(0, 80)}`);
    columns = cells;
  }
  return problems;
}

function detailsProblems(prose: readonly string[]): string[] {
  let depth = 0;
  for (const line of prose) {
    if (line.startsWith("<details>")) depth++;
    if (line.startsWith("</details>")) depth--;
    if (depth < 0) return ["details closed twice"];
  }
  return depth === 0 ? [] : ["details left open"];
}

const active: readonly (readonly [string, RegExp])[] = [
  ["mention", /@[\p{L}\p{N}]/u],
  ["issue", /#\d|\bGH-\d/i],
  ["commit", /\b(?=[0-9]*[a-f])[0-9a-f]{7,40}\b/i],
  ["address", /:\/\/|\bwww\./i],
  ["emoji", /:[\w+-]+:/],
  ["formula", /\$/],
];

/** The page's text as the filters of GitHub see it: escapes gone, our zero-width spaces in place, pieces of other elements apart. */
function activeText(text: string): string[] {
  const shown = text
    .replace(/\]\([^)]*\)/g, " ] ")
    .replaceAll("<span>$</span>", " ")
    .replace(/<[^>]*>/g, " ")
    .replace(/\\([!-/:-@[-`{-~])/g, "$1")
    .replaceAll("&#8203;", "\u200b")
    .replace(/&(amp|lt|gt|quot|#\d+);/g, " ");
  const problems = active.filter(([, pattern]) => pattern.test(shown)).map(([name]) => name);
  const unlinked = text.replace(/\]\([^)]*\)/g, "]");
  return /(?<!\\)(?:\\\\)*(?:~~|__)[^\s_~]/.test(unlinked) ? [...problems, "formatting"] : problems;
}
