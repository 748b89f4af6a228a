import { join } from "node:path";
import { UserError } from "../../../packages/frame/errors.ts";
import type { Clock, Files, Log } from "../../../packages/frame/ports.ts";
import type { Pace } from "../../../packages/github/client.ts";
import { type Access, openAccess } from "../../../packages/ledger/adapters/access.ts";
import { BranchStore } from "../../../packages/ledger/adapters/branch-store.ts";
import { FileLocks, FileStore } from "../../../packages/ledger/adapters/file-store.ts";
import { IssueStore } from "../../../packages/ledger/adapters/issue-store.ts";
import { LabelLocks } from "../../../packages/ledger/adapters/label-lock.ts";
import { OutboxFolder } from "../../../packages/ledger/adapters/outbox-folder.ts";
import { RefLocks } from "../../../packages/ledger/adapters/ref-lock.ts";
import { isMissingRight } from "../../../packages/ledger/failures.ts";
import type { Locks } from "../../../packages/ledger/lock.ts";
import type { Changes, Snapshot, Store } from "../../../packages/ledger/store.ts";
import type { Desk, DeskOptions, Desks } from "../src/ports.ts";
import { FileTracker } from "./file-tracker.ts";
import { GitHubTracker } from "./github-tracker.ts";

export interface DesksContext {
  readonly files: Pick<Files, "workspace">;
  readonly log: Log;
  readonly clock: Clock;
  readonly pace?: Partial<Pace>;
}

/** Ledgers, locks and trackers of this machine and of GitHub. */
export function openDesks(context: DesksContext): Desks {
  const outbox = new OutboxFolder(context.files.workspace);
  return {
    open: async (options) => (options.backend === "file" ? openFileDesk(context) : openGitHubDesk(context, options)),
    letters: () => outbox.read(),
    keep: (name, text) => outbox.put(name, text),
    discard: (name) => outbox.remove(name),
  };
}

function openFileDesk({ files, clock }: DesksContext): Desk {
  const folder = join(files.workspace, ".forge", "ledger");
  const now = (): number => clock.now();
  return {
    backend: () => "file",
    now,
    knowsTime: () => true,
    store: new FileStore(folder, now),
    locks: new FileLocks(join(files.workspace, ".forge", "locks"), now),
    tracker: new FileTracker(files.workspace),
  };
}

async function openGitHubDesk({ log, clock, pace }: DesksContext, { backend, token, event }: DeskOptions): Promise<Desk> {
  if (token === undefined || token === "") {
    throw new UserError(
      "token: none was given, and incidents are GitHub issues. Give the step a token, or set `backend: file` to keep them as files.",
    );
  }
  const access = await openAccess({ event, token, log, clock, ...(pace === undefined ? {} : { pace }) });
  const ledger = new GitHubLedger(access, log, backend === "auto" ? undefined : backend === "issue" ? "issue" : "branch");
  return {
    backend: () => ledger.mode ?? "branch",
    now: () => access.now(),
    knowsTime: () => access.knowsTime(),
    store: ledger,
    locks: ledger,
    tracker: new GitHubTracker(access, log),
  };
}

/** The branch, or the issue; where it is left open, the branch until the token turns out not to be allowed to write it. */
class GitHubLedger implements Store, Locks {
  readonly #access: Access;
  readonly #log: Log;
  readonly #auto: boolean;
  readonly #branch: BranchStore;
  readonly #issue: IssueStore;
  mode: "branch" | "issue" | undefined;

  constructor(access: Access, log: Log, mode: "branch" | "issue" | undefined) {
    this.#access = access;
    this.#log = log;
    this.#auto = mode === undefined;
    this.#branch = new BranchStore(access);
    this.#issue = new IssueStore(access);
    this.mode = mode;
  }

  async read(): Promise<Snapshot> {
    if (this.mode === "issue") return this.#issue.read();
    try {
      const snapshot = await this.#branch.read();
      if (snapshot.version !== "") this.mode = "branch";
      if (this.mode === "branch") return snapshot;
      const other = await this.#issue.read();
      if (other.paths.length === 0) return snapshot;
      this.mode = "issue";
      return other;
    } catch (error) {
      this.#turnToIssues(error);
      return this.#issue.read();
    }
  }

  async write(from: Snapshot, changes: Changes, message: string): Promise<Snapshot | "overtaken"> {
    if (this.mode === "issue") return this.#issue.write(from, changes, message);
    try {
      const written = await this.#branch.write(from, changes, message);
      this.mode = "branch";
      return written;
    } catch (error) {
      this.#turnToIssues(error);
      return "overtaken";
    }
  }

  pause(milliseconds: number): Promise<boolean> {
    return this.#access.pause(milliseconds);
  }

  acquire(key: string, wait: number): ReturnType<Locks["acquire"]> {
    const locks = this.mode === "issue" ? new LabelLocks(this.#access) : new RefLocks(this.#access);
    return locks.acquire(key, wait);
  }

  #turnToIssues(error: unknown): void {
    if (!this.#auto || !isMissingRight(error) || error.permission !== "contents") throw error;
    this.#log.info("The token may not write contents, so the ledger is kept in an issue (backend: issue).");
    this.mode = "issue";
  }
}
