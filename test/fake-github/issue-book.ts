export interface Issue {
  readonly id: number;
  readonly number: number;
  readonly author: string;
  readonly created: string;
  title: string;
  body: string;
  open: boolean;
  reason: "completed" | "not_planned" | "duplicate" | "reopened" | null;
  /** Names, as they were written first. */
  labels: string[];
  assignees: string[];
  locked: boolean;
  updated: string;
  closed: string | null;
  /** Milliseconds since 1970 from which on lists and searches show it. */
  readonly listed: number;
  readonly searchable: number;
}

export interface Label {
  readonly id: number;
  name: string;
  color: string;
  description: string | null;
}

/** What happened to an issue, but for comments. */
export interface IssueEvent {
  readonly id: number;
  readonly issue: number;
  readonly kind: "assigned" | "unassigned" | "labeled" | "unlabeled" | "closed" | "reopened" | "renamed";
  readonly actor: string;
  readonly created: string;
  readonly label?: string;
  readonly assignee?: string;
  readonly reason?: Issue["reason"];
  readonly rename?: { readonly from: string; readonly to: string };
}

/** The issues of a repository, and what belongs to them. */
export class IssueBook {
  readonly all = new Map<number, Issue>();
  /** By name in lower case: a repository has each label once. */
  readonly labels = new Map<string, Label>();
  readonly events: IssueEvent[] = [];
  /** Login to permission; others may read. */
  readonly collaborators = new Map<string, "admin" | "write" | "read" | "none">();
  /** Logins that cannot be assigned. */
  readonly unassignable = new Set<string>();
  disabled = false;

  open(): Issue[] {
    return [...this.all.values()].filter((issue) => issue.open);
  }
}
