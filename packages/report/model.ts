/**
 * One result, told once: the renderers make the job summary, the comment, the annotations, the terminal text and the JSON of it.
 * Every text in the model is raw; renderers escape it for their medium, so nothing here may hold Markdown, HTML or ANSI codes.
 */

export type RuleVerdict = "pass" | "warn" | "fail" | "neutral" | "unknown";

/** A rule that was checked, with the number it saw and the limit it held it to. */
export interface Rule {
  /** The input's name; for `thresholds`: `thresholds: <path or flag>`. */
  readonly name: string;
  readonly verdict: RuleVerdict;
  /** Numbers are already rounded for display (percentages are floored to two decimals). */
  readonly actual?: number | string;
  readonly limit?: number | string;
  /** `%`, `lines`, `points`, `B`, `ms` …, or nothing. */
  readonly unit?: string;
  /** Why it could not be judged, or what is missing for it to pass. */
  readonly why?: string;
  /** The file a rule speaks of, relative to the repository's root. */
  readonly path?: string;
}

export type Severity = "error" | "warning" | "notice";

/** Something at a place. Lines are 1-based and inclusive, and stand in the tree that the annotation is shown on (the head). */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly path?: string;
  readonly line?: number;
  readonly endLine?: number;
  readonly column?: number;
  readonly endColumn?: number;
  /** Further fields are kept in the JSON. */
  readonly [key: string]: unknown;
}

/** A piece of text: plain, code, strong, a link, or a place in the tested tree (a path from the repository's root, linked where the run is known). */
export type Inline =
  | string
  | { readonly code: string }
  | { readonly strong: string }
  | { readonly link: string; readonly text: string; readonly code?: boolean }
  | Place;

/** Lines are 1-based and inclusive, and stand in the tree of the head. */
export interface Place {
  readonly place: string;
  readonly line?: number;
  readonly endLine?: number;
  /** Shown instead of `path:line`. */
  readonly text?: string;
}

export type Text = Inline | readonly Inline[];

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

export type Block =
  | { readonly kind: "paragraph"; readonly text: Text }
  | { readonly kind: "list"; readonly items: readonly Text[] }
  | {
      readonly kind: "table";
      readonly columns: readonly Column[];
      readonly rows: readonly (readonly Text[])[] /** Rows that are not in `rows`. */;
      readonly more?: number;
    }
  | { readonly kind: "code"; readonly text: string; readonly language?: string }
  /** Values oldest first; drawn as a sparkline in text and as a Mermaid line chart in Markdown. */
  | {
      readonly kind: "trend";
      readonly title: string;
      readonly unit: string;
      readonly points: readonly { readonly label: string; readonly value: number }[];
    }
  | {
      readonly kind: "bars";
      readonly title: string;
      readonly unit: string;
      readonly bars: readonly { readonly label: string; readonly value: number }[];
    };

/** A titled part; folded ones are closed `<details>` in Markdown and left out of the terminal unless asked for. */
export interface Section {
  readonly title: string;
  readonly folded?: boolean;
  readonly blocks: readonly Block[];
}

export interface ReportBody {
  readonly rules: readonly Rule[];
  readonly findings: readonly Finding[];
  /** Most telling first: what does not fit is cut from the end. */
  readonly sections: readonly Section[];
  /** Sentences that belong under the headline: what was accepted, what could not be judged, what was left out. */
  readonly notes?: readonly string[];
  /** The commit that the report is about, where the event does not say it. */
  readonly head?: string;
  readonly base?: string;
  readonly baseline?: { readonly commit: string; readonly distance: number } | undefined;
  /** The action's own fields, read by other tools. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** A result with everything the frame adds to it: what renderers get. */
export interface Report extends ReportBody {
  readonly action: string;
  readonly id: string;
  readonly version: string;
  readonly verdict: "pass" | "fail" | "neutral" | "unknown";
  readonly headline: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The tested commit; under `pull_request` the head of the pull request is `head`. */
  readonly commit: string;
  readonly enforced: boolean;
  /** The page of the run, for "more is there" links. */
  readonly runUrl?: string;
}
