import type { Issue } from "../issue-book.ts";
import { shownIssue } from "../issue-shapes.ts";
import { type Answer, type Call, failure, type Route } from "../route.ts";
import type { Repository } from "../state.ts";

/** As much of the search as issue-opening actions ask: words of a title in quotes, `repo:`, `is:`, `state:`, `label:`, `in:title`. */
export const searchRoutes: readonly Route[] = [{ method: "GET", path: "/search/issues", needs: [], handle: search }];

function search(call: Call): Answer {
  const { state, query, origin } = call;
  const text = query.get("q") ?? "";
  const name = /\brepo:(\S+)/.exec(text)?.[1] ?? "";
  const repository = state.repositories.get(name.toLowerCase());
  if (repository === undefined) return failure(422, "Validation Failed");
  const found = [...repository.issues.all.values()].filter(
    (issue) => issue.searchable <= (state.time?.() ?? Date.now()) && fits(issue, text),
  );
  return {
    status: 200,
    body: { total_count: found.length, incomplete_results: false, items: found.map((issue) => item(origin, repository, issue)) },
  };
}

function fits(issue: Issue, query: string): boolean {
  const state = /\b(?:is|state):(open|closed)\b/.exec(query)?.[1];
  const label = /\blabel:"?([^"\s]+)"?/.exec(query)?.[1];
  const words = query
    .replace(/\b\w+:("[^"]*"|\S+)/g, "")
    .replaceAll('"', "")
    .trim()
    .toLowerCase();
  if (state !== undefined && issue.open !== (state === "open")) return false;
  if (label !== undefined && !issue.labels.includes(label)) return false;
  return words === "" || issue.title.toLowerCase().includes(words);
}

function item(origin: string, repository: Repository, issue: Issue): unknown {
  return { ...shownIssue({ origin, repository }, issue), score: 1 };
}
