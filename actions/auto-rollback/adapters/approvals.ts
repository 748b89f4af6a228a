import { type Access, at, numberAt, textAt } from "../../../packages/ledger/adapters/access.ts";
import type { Approval, ApprovalRequest, Fate, OpenRequest } from "../src/ports.ts";

const label = "forge-approval";

/**
 * Opens the one issue of this request, and looks for `/approve <hash>` by a person who may write now. An issue is made after its plan, so that no comment on
 * it can be older. A comment that was changed afterwards may be another's words, and does not count.
 */
export async function approvedByComment(access: Access, request: ApprovalRequest): Promise<Approval> {
  const { plan } = request;
  const login = await access.login();
  const issue = (await find(access, request, login)) ?? (await create(access, request));
  const short = plan.hash.slice(0, 12);
  let passedOver = "";
  for (const comment of await access.list("issues", "GET /repos/{owner}/{repo}/issues/{issue_number}/comments", {
    issue_number: issue.number,
  })) {
    const author = textAt(comment, "user", "login");
    const hash = /^\/approve[ \t]+([0-9a-f]{12,64})[ \t]*(?:\r?\n|$)/.exec(textAt(comment, "body"))?.[1];
    if (hash === undefined || !plan.hash.startsWith(hash) || author === login) continue;
    const trouble = await troubleWith(access, comment, author);
    if (trouble === undefined) return { by: author, url: issue.url, why: `approved by ${author}` };
    passedOver = ` (${trouble})`;
  }
  return { by: "", url: issue.url, why: `Comment "/approve ${short}" on ${issue.url}, and run it again${passedOver}` };
}

/** Why an approval does not count. */
async function troubleWith(access: Access, comment: unknown, author: string): Promise<string | undefined> {
  if (textAt(comment, "user", "type") === "Bot" || author.endsWith("[bot]")) return `${author} is a bot, and a person has to approve`;
  if (textAt(comment, "updated_at") !== textAt(comment, "created_at"))
    return `the comment by ${author} was changed afterwards: a new one counts`;
  return (await mayWrite(access, author)) ? undefined : `${author} may not write to this repository`;
}

interface Issue {
  readonly number: number;
  readonly url: string;
}

/** The first line of the issue of a request. */
const marker = /^<!-- forge-approval:([0-9a-f]{64}) (\S{1,40})(?: ([0-9a-f]{12}))? -->/;

/** Issues that this token's user has opened: what others write may look the same. */
async function listOwn(access: Access, login: string): Promise<readonly (OpenRequest & Issue)[]> {
  const issues = await access.list("issues", "GET /repos/{owner}/{repo}/issues", { labels: label, state: "open" });
  return issues.flatMap((issue) => {
    const [, hash, since, place = ""] = marker.exec(textAt(issue, "body")) ?? [];
    const own = login !== "" && textAt(issue, "user", "login") === login;
    return own && hash !== undefined && since !== undefined ? [{ ...issueOf(issue), hash, since, place }] : [];
  });
}

async function find(access: Access, { plan, since }: ApprovalRequest, login: string): Promise<Issue | undefined> {
  return (await listOwn(access, login)).find((request) => request.hash === plan.hash && request.since === since);
}

async function create(access: Access, { plan, since, place, title, body }: ApprovalRequest): Promise<Issue> {
  const first = `<!-- forge-approval:${plan.hash} ${since} ${place} -->`;
  const text = `${first}\n${body}\n\nTo approve exactly this plan, comment:\n\n    /approve ${plan.hash.slice(0, 12)}\n`;
  const made = await access.ask(
    "issues",
    "POST /repos/{owner}/{repo}/issues",
    { title: title.slice(0, 200), body: text, labels: [label] },
    { repeatable: false },
  );
  if ("failure" in made) throw access.unexpected("the issue for the approval", made.failure);
  return issueOf(made.data);
}

export async function openRequests(access: Access): Promise<readonly OpenRequest[]> {
  return listOwn(access, await access.login());
}

/** The comment comes first and has a mark: a run that dies in between leaves an issue that the next one closes without saying it again. */
export async function closeRequest(access: Access, { number, hash }: OpenRequest, { reason, words }: Fate): Promise<void> {
  const mark = `<!-- forge-approval-end:${hash} -->`;
  const login = await access.login();
  const comments = await access.list("issues", "GET /repos/{owner}/{repo}/issues/{issue_number}/comments", { issue_number: number });
  const told = comments.some((comment) => textAt(comment, "body").startsWith(mark) && textAt(comment, "user", "login") === login);
  if (!told) {
    const said = await access.ask(
      "issues",
      "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
      { issue_number: number, body: `${mark}\n${words}` },
      { repeatable: false },
    );
    if ("failure" in said) throw access.unexpected(`the comment on issue ${number}`, said.failure);
  }
  const closed = await access.ask("issues", "PATCH /repos/{owner}/{repo}/issues/{issue_number}", {
    issue_number: number,
    state: "closed",
    state_reason: reason,
  });
  if ("failure" in closed) throw access.unexpected(`issue ${number}`, closed.failure);
}

function issueOf(data: unknown): Issue {
  return { number: numberAt(data, "number") ?? 0, url: textAt(data, "html_url") };
}

async function mayWrite(access: Access, login: string): Promise<boolean> {
  if (login === "") return false;
  const reply = await access.ask("issues", "GET /repos/{owner}/{repo}/collaborators/{username}/permission", { username: login });
  return "data" in reply && ["admin", "write", "maintain"].includes(textAt(reply.data, "permission"));
}

/** Whether GitHub let this run into the environment because a reviewer said so. */
export async function approvedByReviewer(access: Access, run: string, environment: string): Promise<Approval> {
  const reply = await access.client.request("GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals", {
    ...access.place,
    run_id: Number(run) || 0,
  });
  const none = { by: "", url: "" };
  if (!reply.ok)
    return {
      ...none,
      why: `Whether a reviewer has approved this run cannot be read (${reply.failure.message}); it takes \`actions: read\``,
    };
  const reviews = Array.isArray(reply.data) ? (reply.data as readonly unknown[]) : [];
  const approving = reviews.find((review) => {
    const places = at(review, "environments");
    return textAt(review, "state") === "approved" && Array.isArray(places) && places.some((place) => textAt(place, "name") === environment);
  });
  const by = textAt(approving, "user", "login");
  if (by !== "") return { by, url: "", why: `approved by ${by}` };
  return {
    ...none,
    why: `No reviewer of the environment ${environment} has approved this run: put the job into that environment, with required reviewers`,
  };
}
