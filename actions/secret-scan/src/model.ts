import type { Event } from "../../../packages/frame/event.ts";

/** What the parts of the scanner hand to one another. */

export const levels = ["low", "medium", "high", "critical"] as const;
export type Level = (typeof levels)[number];

/** What a rule says to people. */
export interface RuleText {
  readonly id: string;
  /** `GitHub personal access token`. */
  readonly title: string;
  /** What somebody who has it can do. */
  readonly why: string;
  /** Where it is revoked. */
  readonly revoke: string;
  readonly level: Level;
}

/** The shape of a token, found by its own text. */
export interface PatternFinder {
  readonly kind: "pattern";
  /** In the syntax of Go's regexp. */
  readonly source: string;
  /** The group that is the secret; by default the first that matched, else the whole match. */
  readonly group?: number;
  /** Shannon entropy in bits a character that the secret must exceed. */
  readonly entropy?: number;
  /** Built-in rules: no letter or digit may stand directly before and behind, escapes aside, and placeholders are refused. */
  readonly guarded: boolean;
  /** The value alone is no proof: it must not read like words, and files of hashes are left alone. */
  readonly unshaped?: boolean;
  readonly check?: CheckName;
  /** Looked for in binary files too. */
  readonly binary: boolean;
}

/** A value of a certain shape that is assigned to a name that holds a keyword. */
export interface AssignedFinder {
  readonly kind: "assigned";
  /** Must match the whole value. */
  readonly value: string;
  readonly entropy?: number;
  /** The name must hold one of these too (lower case). */
  readonly also?: readonly string[];
}

/** Found by code of its own. */
export interface SpecialFinder {
  readonly kind: "special";
  readonly name: SpecialName;
}

/** Only the path counts. */
export interface PathFinder {
  readonly kind: "path";
}

export type Finder = PatternFinder | AssignedFinder | SpecialFinder | PathFinder;
export type CheckName = "crc32-base62" | "jwt" | "numeric-base64";
export type SpecialName = "assignment" | "url-password" | "private-key" | "htpasswd" | "header" | "command-line" | "pgpass" | "netrc";

export interface Rule extends RuleText {
  /** Lower case; a text without any of them is not looked at. Empty: every text is. */
  readonly keywords: readonly string[];
  readonly finder: Finder;
  /** Gives way to a specific rule that finds something at the same place. */
  readonly generic: boolean;
  /** Further conditions of a user's configuration. */
  readonly limits?: RuleLimits;
}

/** What a configuration adds to a rule. */
export interface RuleLimits {
  /** Pattern for the path; the rule sees other files not at all. */
  readonly path?: string;
  readonly allow: readonly Allowance[];
  readonly required: readonly Requirement[];
  readonly skipReport: boolean;
}

/** One allowlist: what it accepts is not reported. */
export interface Allowance {
  readonly description: string;
  readonly all: boolean;
  readonly commits: readonly string[];
  readonly paths: readonly string[];
  readonly patterns: readonly string[];
  readonly target: "secret" | "match" | "line";
  readonly stopwords: readonly string[];
}

/** Another rule that must find something near by. */
export interface Requirement {
  readonly rule: string;
  readonly lines?: number;
  readonly columns?: number;
}

/** One secret at one place of one content; lines and columns are 1-based, `endColumn` is exclusive. */
export interface Detection {
  /** Index into the rules. */
  readonly rule: number;
  readonly secret: string;
  readonly line: number;
  readonly endLine: number;
  readonly column: number;
  readonly endColumn: number;
  readonly entropy: number;
  /** A member of an archive: `inner/file`. */
  readonly member?: string;
  /** A comment on the line accepts it. */
  readonly inline: boolean;
  /** Kept only where an allowlist may want to see them. */
  readonly context?: { readonly match: string; readonly line: string };
}

export type Scope = "diff" | "history" | "worktree" | "staged";

/** What is to be scanned, decided from inputs and configuration. */
export interface ScanPlan {
  readonly scope: Scope;
  /** `base..head` or a commit. */
  readonly range: string | undefined;
  readonly event: Event;
  readonly token: string | undefined;
  readonly terminal: boolean;
  readonly rules: readonly Rule[];
  readonly decodeDepth: number;
  readonly archiveDepth: number;
  /** Bytes. */
  readonly maxFileSize: number | undefined;
  /** 0: as many as there are cores, where there is enough to do. */
  readonly workers: number;
  readonly shard: { readonly index: number; readonly of: number } | undefined;
  /** Globs of the `paths` input; none: every path. */
  readonly paths: readonly string[];
  /** Whether allowlists want to see match and line. */
  readonly keepContext: boolean;
  /** Whether a detect-secrets baseline wants SHA-1 sums of secrets; they never leave the process. */
  readonly sha1: boolean;
}

/** A secret at a path, and in git the commit that brought it there. */
export interface Occurrence {
  readonly detection: Detection;
  /** From the root, with `!` before members of archives. */
  readonly path: string;
  /** 40 hex digits (64 in SHA-256 repositories). */
  readonly commit?: string;
  readonly author?: string;
  /** ISO 8601, of the author. */
  readonly date?: string;
  /** 12 hex digits: keyed by rule and path, so it says nothing about the same secret elsewhere. */
  readonly hash: string;
  readonly sha1?: string;
}

/** What was left out. */
export interface Skip {
  readonly reason: string;
  readonly name: string;
  /** It could not be read, so "clean" cannot be said. */
  readonly incomplete: boolean;
}

/** Occurrences, each made when it is asked for. */
export interface Occurrences extends Iterable<Occurrence> {
  readonly length: number;
  at(index: number): Occurrence | undefined;
}

export interface ScanResult {
  readonly occurrences: Occurrences;
  readonly commits: number;
  readonly blobs: number;
  readonly bytes: number;
  readonly skipped: readonly Skip[];
  /** How the scanned commits were chosen, in words. */
  readonly range: string;
  /** Why there was nothing to scan, where that is no fault. */
  readonly nothing?: string;
  /** Where rules that look at paths alone found something, in git with the commit that brought the path. */
  readonly paths: readonly FoundPath[];
}

export interface FoundPath {
  readonly path: string;
  readonly commit?: string;
  readonly author?: string;
  readonly date?: string;
}

export interface SecretScanner {
  scan(plan: ScanPlan): Promise<ScanResult>;
  /** Which of these commits are in the repository. */
  present(commits: readonly string[]): Promise<readonly string[]>;
}

/** The built-in rules. */
export interface RuleCatalogue {
  rules(): Promise<readonly Rule[]>;
}
