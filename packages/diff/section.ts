import type { ChangedFile, LineRange } from "../frame/ports.ts";
import { pathOf, readGitNames } from "./names.ts";

/** What the lines about one file have said so far. */
export interface Section {
  /** Where it starts in the diff. */
  readonly line: number;
  /** What follows `diff --git `; absent in diffs of other tools. */
  readonly gitNames: Uint8Array | undefined;
  before: string | undefined;
  after: string | undefined;
  renamedFrom: string | undefined;
  renamedTo: string | undefined;
  copiedTo: string | undefined;
  created: boolean;
  deleted: boolean;
  modeChanged: boolean;
  submodule: boolean;
  binary: boolean;
  /** Both blobs of git's `index` line. */
  blobs: readonly [before: string, after: string] | undefined;
  hunks: number;
  readonly added: [number, number][];
  readonly removed: [number, number][];
}

export function newSection(line: number, gitNames?: Uint8Array): Section {
  return {
    line,
    gitNames,
    before: undefined,
    after: undefined,
    renamedFrom: undefined,
    renamedTo: undefined,
    copiedTo: undefined,
    created: false,
    deleted: false,
    modeChanged: false,
    submodule: false,
    binary: false,
    blobs: undefined,
    hunks: 0,
    added: [],
    removed: [],
  };
}

/** Takes up one more line behind those that are there. */
export function addLine(ranges: [number, number][], line: number): void {
  const last = ranges[ranges.length - 1];
  if (last !== undefined && last[1] === line - 1) last[1] = line;
  else ranges.push([line, line]);
}

const nothing = "/dev/null";
const gitlink = "160000";

/** Git's extended header lines; `false` for a line that is none of them. `name` reads the name behind the first `skip` bytes. */
export function takeExtendedHeader(section: Section, text: string, name: (skip: number) => string): boolean {
  const mode = /^(old|new|deleted file|new file) mode (\d{6})$/.exec(text);
  if (mode !== null) {
    section.created ||= mode[1] === "new file";
    section.deleted ||= mode[1] === "deleted file";
    section.modeChanged ||= mode[1] === "old";
    section.submodule ||= mode[2] === gitlink;
    return true;
  }
  const index = /^index ([0-9a-f]{4,64})\.\.([0-9a-f]{4,64})(?: (\d{6}))?$/.exec(text);
  if (index !== null) {
    section.blobs = [index[1] ?? "", index[2] ?? ""];
    section.submodule ||= index[3] === gitlink;
    return true;
  }
  if (text.startsWith("rename from ")) section.renamedFrom = name(12);
  else if (text.startsWith("rename to ")) section.renamedTo = name(10);
  else if (text.startsWith("copy to ")) section.copiedTo = name(8);
  else if (text === "GIT binary patch" || /^Binary files .* differ$/.test(text)) section.binary = true;
  else return false;
  return true;
}

/** Whether a change of content was announced and nothing of it was shown. */
export function isCutOff(section: Section): boolean {
  if (section.hunks > 0) return false;
  if (section.before !== undefined) return true;
  if (section.gitNames !== undefined && section.blobs === undefined) {
    const told =
      section.modeChanged || section.renamedTo !== undefined || section.copiedTo !== undefined || section.created || section.deleted;
    return !told && !section.binary;
  }
  if (section.binary || section.modeChanged || section.blobs === undefined) return false;
  const [before, after] = section.blobs;
  return before !== after && !(section.created && isEmptyBlob(after)) && !(section.deleted && isEmptyBlob(before));
}

/** The id of a file without content, in repositories with SHA-1 and with SHA-256. */
function isEmptyBlob(id: string): boolean {
  return (
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391".startsWith(id) ||
    "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813".startsWith(id)
  );
}

/** The finished section as a change; `undefined` when no line has named the file. */
export function changedFile(section: Section): ChangedFile | undefined {
  const path = section.renamedTo ?? section.copiedTo ?? pathOfSection(section);
  if (path === undefined || path === "") return undefined;
  const shown = !section.submodule;
  return {
    path,
    ...(section.renamedFrom === undefined ? {} : { previousPath: section.renamedFrom }),
    status: statusOf(section),
    binary: section.binary || section.submodule,
    added: shown ? section.added : [],
    removed: shown ? section.removed : [],
  };
}

function statusOf(section: Section): ChangedFile["status"] {
  if (section.renamedTo !== undefined) return "renamed";
  if (section.copiedTo !== undefined || section.created || section.before === nothing) return "added";
  return section.deleted || section.after === nothing ? "removed" : "modified";
}

function pathOfSection(section: Section): string | undefined {
  const { before, after, gitNames } = section;
  const both = before !== undefined && before !== nothing && after !== undefined && after !== nothing;
  if (both) return pathOf(before, after);
  const known = before === nothing ? after : before;
  if (gitNames !== undefined) {
    const names = readGitNames(gitNames, 0, known);
    if (names !== undefined) return pathOf(names.before, names.after);
  }
  if (known === undefined || known === nothing) return undefined;
  // Only one name is there to go by, so the usual prefix is taken for one.
  return known.startsWith(before === nothing ? "b/" : "a/") ? known.slice(2) : known;
}

/** Git shows a file that became a link (or the reverse) as removed and added: together that is a modification. */
export function joinTypeChange(one: ChangedFile, other: ChangedFile): ChangedFile | undefined {
  const [removed, present] = one.status === "removed" ? [one, other] : [other, one];
  if (removed.status !== "removed" || present.status === "removed") return undefined;
  const removedLines: readonly LineRange[] = present.status === "added" ? removed.removed : present.removed;
  return {
    ...present,
    status: present.status === "added" ? "modified" : present.status,
    binary: one.binary || other.binary,
    removed: removedLines,
  };
}
