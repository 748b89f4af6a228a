import { UserError } from "../../../packages/frame/errors.ts";
import type { Log } from "../../../packages/frame/ports.ts";
import { inWords } from "../../../packages/github/failures.ts";
import { upsertComment } from "../../../packages/github/upsert.ts";
import { type Access, at, numberAt, textAt } from "../../../packages/ledger/adapters/access.ts";
import { isMissingRight } from "../../../packages/ledger/failures.ts";
import type { IssueChange, IssueDraft, IssueView, Observed, Tracker } from "../src/ports.ts";

/** Before each look for an issue whose creation was not answered: lists lag behind by seconds. */
const looks = [1_000, 2_000, 4_000] as const;

const issuesRoute = "/repos/{owner}/{repo}/issues";

/** Issues of the repository. */
export class GitHubTracker implements Tracker {
  readonly #access: Access;
  readonly #log: Log;

  constructor(access: Access, log: Log) {
    this.#access = access;
    this.#log = log;
  }

  async find(label: string): Promise<readonly IssueView[]> {
    const found = (await this.#access.list("issues", `GET ${issuesRoute}`, { labels: label, state: "all" })).filter(
      (issue) => at(issue, "pull_request") === undefined,
    );
    if (found.length === 0) return [];
    const login = await this.#access.login();
    return found
      .flatMap((issue) => viewOf(issue) ?? [])
      .filter(({ author }) => author === login)
      .sort((a, b) => a.number - b.number);
  }

  async get(number: number): Promise<IssueView | undefined> {
    const reply = await this.#access.ask("issues", `GET ${issuesRoute}/{issue_number}`, { issue_number: number });
    if (!("failure" in reply)) return viewOf(reply.data);
    if (reply.failure.kind === "missing") return undefined;
    throw this.#access.unexpected(`issue #${number}`, reply.failure);
  }

  async observe(number: number): Promise<readonly Observed[]> {
    const events = await this.#access.list("issues", `GET ${issuesRoute}/{issue_number}/timeline`, { issue_number: number });
    return events.flatMap((event) => observed(event) ?? []);
  }

  async mayWrite(login: string): Promise<boolean> {
    try {
      const reply = await this.#access.ask("issues", "GET /repos/{owner}/{repo}/collaborators/{username}/permission", { username: login });
      return !("failure" in reply) && ["admin", "write"].includes(textAt(reply.data, "permission"));
    } catch (error) {
      if (!isMissingRight(error)) throw error;
      this.#log.warning(`It could not be found out whether ${login} may write, so their /ack does not count.`);
      return false;
    }
  }

  async create(draft: IssueDraft, label: string): Promise<{ issue: IssueView; notes: readonly string[] }> {
    const notes: string[] = [];
    let given = draft;
    for (let posts = 1; ; posts++) {
      const reply = await this.#access.ask("issues", `POST ${issuesRoute}`, { ...given }, { repeatable: false });
      if (!("failure" in reply)) {
        const issue = viewOf(reply.data);
        if (issue === undefined) throw this.#access.unexpected("GitHub's answer about a new issue makes no sense");
        return { issue, notes };
      }
      const { failure } = reply;
      if (failure.status === 422 && given.assignees.length > 0) {
        notes.push(`Nobody was assigned, because GitHub does not take ${given.assignees.join(", ")}.`);
        given = { ...given, assignees: [] };
        continue;
      }
      if (!failure.maybeDone) throw new UserError(`GitHub does not take the issue: ${inWords(failure)}.`, { exitCode: 3 });
      const found = await this.#lookAgain(label, draft);
      if (found !== undefined) return { issue: found, notes };
      if (posts >= 2) throw this.#access.unexpected("the issue", failure);
    }
  }

  async update(number: number, change: IssueChange): Promise<void> {
    const { state, ...rest } = change;
    const reason = { open: "reopened", completed: "completed", duplicate: "duplicate" } as const;
    const moved = state === undefined ? {} : { state: state === "open" ? "open" : "closed", state_reason: reason[state] };
    const reply = await this.#access.ask("issues", `PATCH ${issuesRoute}/{issue_number}`, { issue_number: number, ...rest, ...moved });
    if ("failure" in reply) throw this.#access.unexpected(`issue #${number}`, reply.failure);
  }

  async comment(number: number, key: string, text: string): Promise<void> {
    const posted = await upsertComment(this.#access.client, { ...this.#access.place, number }, key, text);
    if ("url" in posted) return;
    // A locked conversation, say: that will not be better next time.
    if (/\b4(0[34]|10|22)\b/.test(posted.skipped)) this.#log.warning(`No comment on issue #${number}: ${posted.skipped}.`);
    else throw this.#access.unexpected(posted.skipped);
  }

  async #lookAgain(label: string, { body }: IssueDraft): Promise<IssueView | undefined> {
    for (const wait of looks) {
      if (!(await this.#access.pause(wait))) throw this.#access.unexpected("GitHub could not be asked whether the issue was opened");
      const found = (await this.find(label)).find((issue) => issue.open && firstLine(issue.body) === firstLine(body));
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

const firstLine = (text: string): string => text.split(/\r?\n/, 1)[0] ?? "";

function viewOf(issue: unknown): IssueView | undefined {
  const number = numberAt(issue, "number");
  if (number === undefined) return undefined;
  const labels = at(issue, "labels");
  const assignees = at(issue, "assignees");
  return {
    number,
    url: textAt(issue, "html_url"),
    title: textAt(issue, "title"),
    body: textAt(issue, "body"),
    open: textAt(issue, "state") === "open",
    labels: (Array.isArray(labels) ? labels : []).map((label) => (typeof label === "string" ? label : textAt(label, "name"))),
    assignees: (Array.isArray(assignees) ? assignees : []).map((user) => textAt(user, "login")),
    author: textAt(issue, "user", "login"),
  };
}

function observed(event: unknown): Observed | undefined {
  const kind = textAt(event, "event");
  const time = Date.parse(textAt(event, "created_at"));
  const by = textAt(event, "actor", "login") || textAt(event, "user", "login");
  const what: Readonly<Record<Observed["kind"], () => string>> = {
    assigned: () => textAt(event, "assignee", "login"),
    labeled: () => textAt(event, "label", "name"),
    commented: () => textAt(event, "body"),
    closed: () => textAt(event, "state_reason") || "completed",
    reopened: () => "",
  };
  const known = Object.keys(what).find((name): name is Observed["kind"] => name === kind);
  if (known === undefined || Number.isNaN(time) || by === "") return undefined;
  const insider = ["OWNER", "MEMBER", "COLLABORATOR"].includes(textAt(event, "author_association"));
  return { id: `${kind} ${numberAt(event, "id") ?? time}`, at: time, kind: known, by, insider, what: what[known]() };
}
