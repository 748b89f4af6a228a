import { libraryName, type Release } from "./plan.ts";

/** `org/forge` where the origin is no GitHub repository. */
export function repositoryName(originUrl: string | undefined): string {
  const match = /github\.[a-z.-]+[/:]([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/i.exec(originUrl?.trim() ?? "");
  return match?.[1] ?? "org/forge";
}

/** The release note: what changed, and the pinned line to paste. `commit` is the tagged commit, 40 hex digits, or a word for it. */
export function releaseNote(release: Release, repository: string, commit: string): string {
  const path = release.action === libraryName ? `${repository}/actions/<name>` : `${repository}/actions/${release.action}`;
  return `${changeList(release)}\n\nTo pin it:\n\n\`\`\`yaml\n- uses: ${path}@${commit} # ${release.tag}\n\`\`\`\n`;
}

/** A changelog with the entry of `release` on top; an entry of that version that somebody wrote by hand stays as it is. */
export function withEntry(changelog: string | undefined, release: Release): string {
  const text = changelog ?? "# Changelog\n";
  if (text.split("\n").includes(`## ${release.to}`)) return text;
  const at = text.search(/^## /m);
  const [head, rest] = at === -1 ? [`${text.trimEnd()}\n\n`, ""] : [text.slice(0, at), text.slice(at)];
  return `${head}## ${release.to}\n\n${changeList(release)}\n${rest === "" ? "" : `\n${rest}`}`;
}

const headings = { major: "Breaking", minor: "New", patch: "Mended" } as const;

function changeList({ changes, reason, bump }: Release): string {
  if (bump === "first") return "First version.";
  const parts = (["major", "minor", "patch"] as const).flatMap((kind) => {
    const lines = [...new Set(changes.filter((change) => change.bump === kind).map(lineOf))];
    return lines.length === 0 ? [] : [`### ${headings[kind]}\n\n${lines.join("\n")}`];
  });
  return parts.length === 0 ? `- ${escaped(reason)}` : parts.join("\n\n");
}

function lineOf({ text, commit }: Release["changes"][number]): string {
  return `- ${escaped(text)}${commit === "" ? "" : ` (${commit.slice(0, 10)})`}`;
}

/** Commit messages are text: they make no links, mentions, HTML or headings of their own. */
function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>|#]/g, "\\$&").replace(/@(?=\w)/g, "@\u200b");
}
