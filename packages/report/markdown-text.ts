import { visible } from "../frame/printable.ts";
import type { Inline, Place, Text } from "./model.ts";
import { clipped, placeText } from "./wording.ts";

/**
 * Texts for GitHub-flavoured Markdown. Two machines read them: the Markdown parser, which backslashes and entities stop, and after it the filters that
 * look for mentions, issues, commits, addresses and emoji in the finished page, which only a zero-width space inside the pattern stops.
 * A zero-width space of the text itself has become visible before, so the ones that are left are ours.
 */
const breaker = "\u200b";

function oneLine(text: string): string {
  return visible(text.replace(/\s+/gu, " "));
}

function withoutReferences(text: string): string {
  return text
    .replace(/@(?=[\p{L}\p{N}])/gu, `@${breaker}`)
    .replace(/#(?=\d)/g, `#${breaker}`)
    .replace(/GH-(?=\d)/gi, `$&${breaker}`)
    .replace(/(?<![0-9a-z])[0-9a-f]{7,64}(?![0-9a-z])/gi, brokenCommit)
    .replace(/:(?=\/\/)/g, `:${breaker}`)
    .replace(/www(?=\.)/gi, `$&${breaker}`)
    .replace(/:(?=[\w+-]+:)/g, `:${breaker}`);
}

/** Plain numbers stay whole: they are counts far more often than commits. */
function brokenCommit(digits: string): string {
  return /[a-f]/i.test(digits) || digits.length === 40 ? digits.replace(/.{6}(?=.)/g, `$&${breaker}`) : digits;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  $: "<span>$</span>",
  [breaker]: "&#8203;",
};

/** Text in Markdown, on one line. Formats nothing, links nobody, ends no cell; an exclamation mark at the end cannot make an image of a link. */
export function markdownText(text: string): string {
  return withoutReferences(oneLine(text)).replace(/[\\`*_~[\]|#&<>$\u200b]|!$/g, (character) => entities[character] ?? `\\${character}`);
}

/** Text inside an HTML element that stands on a line of its own (`<summary>`), where backslashes would be seen; entities work wherever Markdown is read. */
export function htmlText(text: string): string {
  return withoutReferences(oneLine(text)).replace(
    /[\\`*_~[\]|#&<>"'$\u200b]/g,
    (character) => entities[character] ?? `&#${character.charCodeAt(0)};`,
  );
}

/** A line must not begin as a list, a heading's underline or an indented block. */
export function atLineStart(markdown: string): string {
  return markdown.trim().replace(/^([-+=]|\d{1,9}(?=[.)]))/, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`));
}

/** One line of code: unseen characters written out, and no comment can begin in it (comments carry our markers). */
export function codeText(text: string): string {
  return visible(text).replaceAll("<!--", "<\\!--");
}

/**
 * Code, copied as it is read: in backticks where these can hold it, else in a `<code>` element of entities (a pipe in a cell, long runs of backticks).
 * Filters do not look into code, so paths such as `node_modules/@types/node` stay without zero-width spaces.
 */
export function codeSpan(text: string): string {
  const code = codeText(text.replaceAll("\t", " "));
  if (code === "") return "";
  const longest = Math.max(0, ...(code.match(/`+/g) ?? []).map((run) => run.length));
  if (longest > 3 || code.includes("|")) return `<code>${asEntities(code)}</code>`;
  const fence = "`".repeat(longest + 1);
  const padding = /^`|`$|^ .* $/.test(code) ? " " : "";
  return `${fence}${padding}${code}${padding}${fence}`;
}

function asEntities(code: string): string {
  return withoutReferences(code).replace(/[^\p{L}\p{M}\p{N} ]/gu, (character) => `&#${character.codePointAt(0)};`);
}

const longestLink = 2_000;

/** The target as it may stand between parentheses; `undefined` for anything but http and https, or with a user name in it. */
export function linkTarget(link: string): string | undefined {
  if (!URL.canParse(link) || link.length > longestLink) return undefined;
  const url = new URL(link);
  if (!/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") return undefined;
  return url.href.replace(/[^\x21-\x7e]|[<>()[\]\\|"'`*~$]/gu, percent).replaceAll("&", "&amp;");
}

function percent(character: string): string {
  return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
}

/** Where the tested files can be looked at: the repository's page and a commit. */
export interface Tree {
  readonly repository: string;
  readonly commit: string;
}

/** The repository's address stands in the run's; without a run, or with a commit that is no id, nothing can be linked. */
export function treeOf({
  runUrl,
  head,
  commit,
}: {
  readonly runUrl?: string;
  readonly head?: string;
  readonly commit: string;
}): Tree | undefined {
  const repository = /^https?:\/\/[^/?#\s]+\/[\w.-]+\/[\w.-]+(?=\/actions\/runs\/\d+)/.exec(runUrl ?? "")?.[0];
  const shown = head ?? commit;
  return repository === undefined || !/^[0-9a-f]{40}$/.test(shown) ? undefined : { repository, commit: shown };
}

/** The page of a file, at its lines. */
export function fileAddress(tree: Tree, path: string, line?: number, endLine?: number): string {
  const segments = path.split("/").map((segment) => encodeURIComponent(Buffer.from(segment).toString()));
  const lines = line === undefined ? "" : endLine === undefined || endLine === line ? `#L${line}` : `#L${line}-L${endLine}`;
  return `${tree.repository}/blob/${tree.commit}/${segments.join("/")}${lines}`;
}

/** A text of the model in Markdown, on one line, each piece at most `most` characters. Pieces that touch form nothing together. */
export function markdownInline(text: Text, tree: Tree | undefined, most: number): string {
  const pieces: readonly Inline[] = Array.isArray(text) ? text : [text as Inline];
  return pieces
    .map((piece) => pieceInMarkdown(piece, tree, most))
    .filter((piece) => piece !== "")
    .map((piece, index, all) => (touching(all[index - 1] ?? "", piece) ? `&#8203;${piece}` : piece))
    .join("");
}

function touching(before: string, after: string): boolean {
  if (/[\w@#:/.+-]$/.test(before)) return /^[\w:/.+-]/.test(after);
  return /[`*]$/.test(before) && before.at(-1) === after.at(0);
}

function pieceInMarkdown(piece: Inline, tree: Tree | undefined, most: number): string {
  if (typeof piece === "string") return markdownText(clipped(piece, most));
  if ("code" in piece && typeof piece.code === "string") return codeSpan(clipped(piece.code, most));
  if ("strong" in piece) return strong(markdownText(clipped(piece.strong, most)));
  if ("place" in piece) return place(piece, tree, most);
  if (!("link" in piece)) return "";
  const shown = piece.code === true ? codeSpan(clipped(piece.text, most)) : markdownText(clipped(piece.text, most));
  return linked(shown, piece.link);
}

/** Stars only where they open and close whatever stands beside them: next to a letter or digit. */
function strong(markdown: string): string {
  const inner = markdown.trim();
  if (inner === "") return markdown;
  return markdown.replace(inner, () =>
    /^[\p{L}\p{N}]/u.test(inner) && /[\p{L}\p{N}]$/u.test(inner) ? `**${inner}**` : `<strong>${inner}</strong>`,
  );
}

function linked(shown: string, link: string): string {
  const target = linkTarget(link);
  return target === undefined || shown.trim() === "" ? shown : `[${shown}](${target})`;
}

function place(piece: Place, tree: Tree | undefined, most: number): string {
  const shown = codeSpan(clipped(piece.text ?? placeText(piece.place, piece.line, piece.endLine), most));
  return tree === undefined || piece.place.length > longestLink
    ? shown
    : linked(shown, fileAddress(tree, piece.place, piece.line, piece.endLine));
}
