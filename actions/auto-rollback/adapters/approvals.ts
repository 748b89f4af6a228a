import { type Access, at, numberAt, textAt } from "../../../packages/ledger/adapters/access.ts";
import type { Approval, ApprovalRequest } from "../src/ports.ts";

const label = "forge-approval";

/**
 * Opens the one issue of this request, and looks for `/approve <hash>` by a person who may write now. An issue is made after its plan, so that no comment on
 * it can be older. A comment that was changed afterwards may be another's words, and does not count.
 */
export async function approvedByComment(access: Access, request: ApprovalRequest): Promise<Approval> {
  const { plan } = request;
  const marker = `<!-- forge-approval:${plan.hash} ${request.since} -->`;
  const login = await access.login();
  const issue = (await find(access, marker, login)) ?? (await create(access, request, marker));
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

async function find(access: Access, marker: string, login: string): Promise<Issue | undefined> {
  const issues = await access.list("issues", "GET /repos/{owner}/{repo}/issues", { labels: label, state: "open" });
  const found = issues.find((issue) => textAt(issue, "body").startsWith(marker) && textAt(issue, "user", "login") === login);
  return found === undefined ? undefined : issueOf(found);
}

async function create(access: Access, { plan, title, body }: ApprovalRequest, marker: string): Promise<Issue> {
  const text = `${marker}\n${body}\n\nTo approve exactly this plan, comment:\n\n    /approve ${plan.hash.slice(0, 12)}\n`;
  const made = await access.ask(
    "issues",
    "POST /repos/{owner}/{repo}/issues",
    { title: title.slice(0, 200), body: text, labels: [label] },
    { repeatable: false },
  );
  if ("failure" in made) throw access.unexpected("the issue for the approval", made.failure);
  return issueOf(made.data);
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
