import { GitStore } from "./git-store.ts";
import { IssueBook } from "./issue-book.ts";

export type Access = "read" | "write";

/** A permission as GitHub's API names it (`pull_requests`), not as workflows do (`pull-requests`). */
export type Permissions = Readonly<Record<string, Access>>;

export interface Token {
  /** `actions`: a job's GITHUB_TOKEN; `app`: another app's installation token; `user`: a person's. */
  readonly kind: "actions" | "app" | "user";
  readonly login: string;
  readonly permissions: Permissions;
  /** `owner/name` of the repositories that it reaches; public ones can be read by all. */
  readonly repositories: readonly string[];
}

export interface IssueComment {
  readonly id: number;
  readonly issue: number;
  readonly author: string;
  body: string;
  readonly created: string;
  updated: string;
  /** How many lists of comments must have been served before this one shows up in them. */
  readonly visibleAfter: number;
}

export interface PullRequest {
  readonly number: number;
  readonly title: string;
  readonly author: string;
  readonly head: { readonly ref: string; readonly sha: string; readonly repository: string };
  readonly base: { readonly ref: string; readonly sha: string };
  readonly locked: boolean;
  /** Open unless told. */
  readonly state?: "open" | "closed";
  readonly created: string;
  /** Oldest first; the head alone where nothing is said. They must be in the repository's git. */
  readonly commits?: readonly string[];
}

export interface CheckRun {
  readonly id: number;
  readonly headSha: string;
  readonly name: string;
  status: string;
  conclusion: string | null;
  output: { title: string | null; summary: string | null; text: string | null; annotations: number };
  readonly created: string;
}

export interface WorkflowRun {
  readonly id: number;
  readonly attempt: number;
  readonly event: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly headSha: string;
  readonly headBranch: string;
  /** `owner/name`; a fork's runs stand in the repository that the pull request goes to. */
  readonly headRepository: string;
  /** Numbers of pull requests; none for forks. */
  readonly pulls: readonly number[];
}

export interface Artifact {
  readonly id: number;
  readonly run: number;
  readonly name: string;
  readonly archive: Buffer;
  readonly expired: boolean;
  /** What the list says; the archive may be longer or shorter. */
  readonly size: number;
}

/** One repository; later areas add their own collections. */
export class Repository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly private: boolean;
  readonly defaultBranch: string;
  readonly git = new GitStore();
  readonly comments: IssueComment[] = [];
  readonly pulls = new Map<number, PullRequest>();
  readonly checkRuns = new Map<number, CheckRun>();
  readonly issues = new IssueBook();
  readonly runs = new Map<number, WorkflowRun>();
  readonly artifacts: Artifact[] = [];
  listsServed = 0;

  constructor(given: { id: number; owner: string; name: string; private: boolean; defaultBranch: string }) {
    this.id = given.id;
    this.owner = given.owner;
    this.name = given.name;
    this.private = given.private;
    this.defaultBranch = given.defaultBranch;
  }

  get fullName(): string {
    return `${this.owner}/${this.name}`;
  }
}

export interface RateLimit {
  limit: number;
  remaining: number;
  /** Seconds since 1970. */
  reset: number;
}

/** Everything that the fake remembers. Tests arrange it directly. */
export class State {
  readonly repositories = new Map<string, Repository>();
  readonly tokens = new Map<string, Token>();
  rate: RateLimit = { limit: 1000, remaining: 1000, reset: Math.floor(Date.now() / 1000) + 3600 };
  /** New comments are missing from this many lists. */
  listLag = 0;
  /** New issues are missing from lists, and from searches, for this many milliseconds. */
  issueLag = { list: 0, search: 0 };
  /** The server's clock: its `Date` header and the times of what it makes. By default headers tell the real time, and things get times in a row. */
  time: (() => number) | undefined;
  #ids = 1000;
  #seconds = Date.UTC(2026, 10, 21) / 1000;

  nextId(): number {
    this.#ids += 1;
    return this.#ids;
  }

  /** Time that moves one second a step, so that orders are stable. */
  nextTime(): string {
    if (this.time !== undefined) return `${new Date(this.time()).toISOString().slice(0, 19)}Z`;
    this.#seconds += 1;
    return new Date(this.#seconds * 1000).toISOString().replace(".000Z", "Z");
  }

  addRepository(fullName: string, options: { private?: boolean; defaultBranch?: string } = {}): Repository {
    const [owner = "", name = ""] = fullName.split("/");
    const { private: isPrivate = false, defaultBranch = "main" } = options;
    const repository = new Repository({ id: this.nextId(), owner, name, private: isPrivate, defaultBranch });
    this.repositories.set(fullName.toLowerCase(), repository);
    return repository;
  }

  repository(owner: string, name: string): Repository | undefined {
    return this.repositories.get(`${owner}/${name}`.toLowerCase());
  }

  /** A job's GITHUB_TOKEN. */
  addActionsToken(token: string, repository: Repository, permissions: Permissions): void {
    this.tokens.set(token, { kind: "actions", login: "github-actions[bot]", permissions, repositories: [repository.fullName] });
  }

  addAppToken(token: string, slug: string, repository: Repository, permissions: Permissions): void {
    this.tokens.set(token, { kind: "app", login: `${slug}[bot]`, permissions, repositories: [repository.fullName] });
  }

  addUserToken(token: string, login: string, repository: Repository, permissions: Permissions): void {
    this.tokens.set(token, { kind: "user", login, permissions, repositories: [repository.fullName] });
  }

  addPullRequest(repository: Repository, given: Partial<PullRequest> & { number: number }): PullRequest {
    const sha = repository.git.refs.get(`refs/heads/${repository.defaultBranch}`) ?? "0".repeat(40);
    const pull: PullRequest = {
      title: "A change",
      author: "octocat",
      head: { ref: "change", sha, repository: repository.fullName },
      base: { ref: repository.defaultBranch, sha },
      locked: false,
      created: this.nextTime(),
      ...given,
    };
    repository.pulls.set(pull.number, pull);
    return pull;
  }

  /** A run of a pull request's workflow, ended well. */
  addRun(repository: Repository, given: Partial<WorkflowRun> & { id: number }): WorkflowRun {
    const run: WorkflowRun = {
      attempt: 1,
      event: "pull_request",
      status: "completed",
      conclusion: "success",
      headSha: "0".repeat(40),
      headBranch: "change",
      headRepository: repository.fullName,
      pulls: [],
      ...given,
    };
    repository.runs.set(run.id, run);
    return run;
  }

  addArtifact(repository: Repository, given: Partial<Artifact> & Pick<Artifact, "run" | "name" | "archive">): Artifact {
    const artifact: Artifact = { id: this.nextId(), expired: false, size: given.archive.length, ...given };
    repository.artifacts.push(artifact);
    return artifact;
  }

  addComment(repository: Repository, given: { issue: number; author: string; body: string }): IssueComment {
    const created = this.nextTime();
    const comment: IssueComment = {
      ...given,
      id: this.nextId(),
      created,
      updated: created,
      visibleAfter: this.listLag === 0 ? 0 : repository.listsServed + this.listLag + 1,
    };
    repository.comments.push(comment);
    return comment;
  }
}
