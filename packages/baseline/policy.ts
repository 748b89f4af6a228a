import { type Event, isProposal } from "../frame/event.ts";
import { globMatcher } from "../frame/glob.ts";

/** Whether this run may write a baseline, and for which branch. */
export type Permission = { readonly branch: string } | { readonly refused: string };

/** Default branches where neither the event nor the clone names one. */
const usualNames = ["main", "master"] as const;

/**
 * Pushes to the default branch and to branches that match `branches` (globs) write; proposals, tags, schedules and laptops never do, so
 * that nobody can propose a change together with the number it is measured against.
 */
export function mayWrite(event: Event, branches: readonly string[]): Permission {
  if (isProposal(event)) return { refused: "pull requests and merge queues only read baselines" };
  if (event.name === "local") return { refused: "only pushes write baselines, and this is not a run on a server" };
  if (event.name !== "push") return { refused: `only pushes write baselines, and this is ${event.name}` };
  const branch = /^refs\/heads\/(.+)$/.exec(event.ref)?.[1];
  if (branch === undefined) return { refused: `only pushes to branches write baselines, and this is ${event.ref}` };
  if (!isCommit(event.sha)) return { refused: "the event names no commit" };
  const isDefault = event.defaultBranch === undefined ? usualNames.some((name) => name === branch) : branch === event.defaultBranch;
  if (isDefault || globMatcher(branches)(branch)) return { branch };
  return { refused: `${branch} is neither the default branch nor named in \`baseline-branches\`` };
}

/** The full name of a commit: 40 hex digits. */
export function isCommit(text: unknown): text is string {
  return typeof text === "string" && /^[0-9a-f]{40}$/.test(text) && !/^0+$/.test(text);
}
