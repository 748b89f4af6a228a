import { join } from "node:path";
import { UserError } from "../../../packages/frame/errors.ts";
import type { Clock, Files, Log } from "../../../packages/frame/ports.ts";
import type { Pace } from "../../../packages/github/client.ts";
import { type Access, openAccess } from "../../../packages/ledger/adapters/access.ts";
import { BranchStore } from "../../../packages/ledger/adapters/branch-store.ts";
import { FileLocks, FileStore } from "../../../packages/ledger/adapters/file-store.ts";
import { IssueStore } from "../../../packages/ledger/adapters/issue-store.ts";
import { LabelLocks } from "../../../packages/ledger/adapters/label-lock.ts";
import { RefLocks } from "../../../packages/ledger/adapters/ref-lock.ts";
import type { Held } from "../../../packages/ledger/lock.ts";
import type { Approval, ApprovalRequest, Desk, DeskOptions, Desks } from "../src/ports.ts";
import { approvedByComment, approvedByReviewer, closeRequest, openRequests } from "./approvals.ts";

export interface DesksContext {
  readonly files: Pick<Files, "workspace">;
  readonly log: Log;
  readonly clock: Clock;
}

/** A rollout takes its time, and so may the run before this one. */
const pace: Partial<Pace> = { requestTimeout: 8_000, patience: 900_000, deadline: 3_600_000 };

/** An issue that cannot be closed now is not worth waiting for: the work is done, and the next run tries again. */
const afterwards: Partial<Pace> = { requestTimeout: 5_000, patience: 5_000, deadline: 12_000 };

/** How often, and for how long, a lock is renewed while work goes on. */
const beat = 4_000;
const beatLength = 12_000;

export function openDesks(context: DesksContext): Desks {
  return { open: async (options) => (options.backend === "file" ? fileDesk(context, options) : githubDesk(context, options)) };
}

/** The issues of approvals are closed with a patience of its own, and with what GitHub says then: an earlier failure need not last. */
function requestsOf({ log, clock }: DesksContext, { token, event }: DeskOptions): Pick<Desk, "openRequests" | "closeRequest"> {
  let access: Promise<Access> | undefined;
  const open = (given: string): Promise<Access> => (access ??= openAccess({ event, token: given, log, clock, pace: afterwards }));
  return {
    openRequests: async () => (token === undefined || token === "" ? [] : openRequests(await open(token))),
    closeRequest: async (request, fate) => closeRequest(await open(token ?? ""), request, fate),
  };
}

function fileDesk(context: DesksContext, options: DeskOptions): Desk {
  const { files, log, clock } = context;
  const { token, event } = options;
  const now = (): number => clock.now();
  let access: Promise<Access> | undefined;
  const open = (): Promise<Access> => {
    if (token === undefined || token === "")
      throw new UserError("approval: somebody approves on GitHub, and no token was given to ask there.");
    access ??= openAccess({ event, token, log, clock, pace });
    return access;
  };
  return {
    now,
    store: new FileStore(join(files.workspace, ".forge", "ledger"), now),
    locks: new FileLocks(join(files.workspace, ".forge", "locks"), now),
    whileHeld,
    approvedByComment: async (request) => approvedByComment(await open(), request),
    approvedByReviewer: async (environment) => approvedByReviewer(await open(), event.runId, environment),
    ...requestsOf(context, options),
  };
}

async function githubDesk(context: DesksContext, options: DeskOptions): Promise<Desk> {
  const { log, clock } = context;
  const { backend, token, event } = options;
  if (token === undefined || token === "") {
    throw new UserError(
      "token: none was given, and the ledger is on GitHub. Give the step a token, or set `backend: file` to keep the ledger in the workspace.",
    );
  }
  const access = await openAccess({ event, token, log, clock, pace });
  const issues = backend === "issue";
  return {
    now: () => access.now(),
    store: issues ? new IssueStore(access) : new BranchStore(access),
    locks: issues ? new LabelLocks(access) : new RefLocks(access),
    whileHeld,
    approvedByComment: (request: ApprovalRequest): Promise<Approval> => approvedByComment(access, request),
    approvedByReviewer: (environment: string): Promise<Approval> => approvedByReviewer(access, event.runId, environment),
    ...requestsOf(context, options),
  };
}

/** A lost lock is told by the next look at it, which comes before every change. */
async function whileHeld<T>(held: Held, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => void held.ensure(beatLength).catch(() => undefined), beat);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
