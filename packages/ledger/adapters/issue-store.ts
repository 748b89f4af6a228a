import { deflateRawSync, inflateRawSync } from "node:zlib";
import { UserError } from "../../frame/errors.ts";
import type { Failure } from "../../github/client.ts";
import { type Changes, changed, isLedgerPath, type Snapshot, type Store, snapshotOf } from "../store.ts";
import { type Access, at, numberAt, textAt } from "./access.ts";
import { LabelLocks } from "./label-lock.ts";

/** The label that says, in its description, which issue holds the ledger. Labels are read by their name, so it is never out of date, as lists are. */
export const pointerLabel = "forge-ledger";

const title = "Forge: what operations remember";
const longestBody = 60_000;
/** Beyond this the files are packed: text of this kind shrinks to an eighth. */
const longestPlain = 30_000;
const largestUnpacked = 8 * 1024 * 1024;
const packed = "deflate:";
const opening = "<!-- forge-ledger:begin";
const closing = "forge-ledger:end -->";
const lockWait = 20_000;
/** Before each look for an issue whose creation was not answered: lists lag behind by seconds. */
const looks = [1_000, 2_000, 4_000] as const;

const explanation = `This issue is where Forge keeps what it must remember between runs, such as which incidents are open, because its token may write issues
and not contents. It is closed on purpose and written by machines: please leave it as it is. With \`contents: write\` the records go to a branch instead.`;

interface Standing {
  /** Absent until the first write. */
  readonly issue: number | undefined;
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Files in the body of one closed issue, for jobs without `contents: write`. A write holds a lock (a label, which is create-if-absent), reads again and
 * refuses if something has changed. A body holds 60,000 characters: files are packed when there are many, and journals lose their oldest lines last of all.
 */
export class IssueStore implements Store {
  readonly #access: Access;
  readonly #locks: LabelLocks;
  readonly #standings = new WeakMap<Snapshot, Standing>();

  constructor(access: Access) {
    this.#access = access;
    this.#locks = new LabelLocks(access);
  }

  async read(): Promise<Snapshot> {
    return this.#snapshot(await this.#standing(await this.#pointer()));
  }

  async write(from: Snapshot, changes: Changes, _message: string): Promise<Snapshot | "overtaken"> {
    const held = await this.#locks.acquire("ledger", lockWait);
    if ("busy" in held) return "overtaken";
    try {
      const known = this.#standings.get(from);
      const issue = known?.issue ?? (await this.#pointer()) ?? (await this.#adopted());
      const now = this.#snapshot(await this.#standing(issue));
      if (now.version !== from.version) return "overtaken";
      await held.ensure(10_000);
      const files = changed(this.#standings.get(now)?.files ?? new Map(), changes);
      const body = renderFiles(files);
      const number = issue === undefined ? await this.#create(body) : await this.#update(issue, body);
      return this.#snapshot({ issue: number, files });
    } finally {
      await held.release().catch(() => undefined);
    }
  }

  pause(milliseconds: number): Promise<boolean> {
    return this.#access.pause(milliseconds);
  }

  #snapshot(standing: Standing): Snapshot {
    const snapshot = snapshotOf(JSON.stringify([...standing.files].sort()), standing.files);
    this.#standings.set(snapshot, standing);
    return snapshot;
  }

  async #standing(issue: number | undefined): Promise<Standing> {
    if (issue === undefined) return { issue, files: new Map() };
    const reply = await this.#access.ask("issues", "GET /repos/{owner}/{repo}/issues/{issue_number}", { issue_number: issue });
    if ("failure" in reply) {
      if (reply.failure.kind === "missing") return { issue: undefined, files: new Map() };
      throw this.#access.unexpected("the ledger's issue", reply.failure);
    }
    const files = parseFiles(textAt(reply.data, "body"));
    if (files !== undefined) return { issue, files };
    throw new UserError(
      `Issue #${issue}, which holds Forge's ledger, was edited by hand and cannot be read. Bring its text back from its edit history, or delete the label ${pointerLabel} to begin anew.`,
      { exitCode: 3 },
    );
  }

  async #pointer(): Promise<number | undefined> {
    const reply = await this.#access.ask("issues", "GET /repos/{owner}/{repo}/labels/{name}", { name: pointerLabel });
    if (!("failure" in reply)) {
      const digits = /#(\d{1,10})\b/.exec(textAt(reply.data, "description"))?.[1];
      return digits === undefined ? undefined : Number(digits);
    }
    if (reply.failure.kind === "missing") return undefined;
    throw this.#access.unexpected("the ledger's label", reply.failure);
  }

  /** A ledger whose run died before it could say where it is. */
  async #orphan(): Promise<number | undefined> {
    const found = await this.#access.list("issues", "GET /repos/{owner}/{repo}/issues", { labels: pointerLabel, state: "all" });
    if (found.length === 0) return undefined;
    const login = await this.#access.login();
    const own = found.filter((issue) => textAt(issue, "user", "login") === login && parseFiles(textAt(issue, "body")) !== undefined);
    return own.map((issue) => numberAt(issue, "number") ?? 0).sort((a, b) => a - b)[0];
  }

  /** Points at the orphan before anything else: who reads follows the pointer, and would never see what it holds. */
  async #adopted(): Promise<number | undefined> {
    const orphan = await this.#orphan();
    if (orphan !== undefined) await this.#pointTo(orphan);
    return orphan;
  }

  async #create(body: string): Promise<number> {
    const number = await this.#post(body);
    await this.#pointTo(number);
    return number;
  }

  async #pointTo(number: number): Promise<void> {
    const description = `Forge keeps its records in issue #${number}`;
    const named = await this.#access.ask("issues", "PATCH /repos/{owner}/{repo}/labels/{name}", { name: pointerLabel, description });
    if ("failure" in named) throw this.#access.unexpected("the ledger's label", named.failure);
    await this.#access.ask("issues", "PATCH /repos/{owner}/{repo}/issues/{issue_number}", {
      issue_number: number,
      state: "closed",
      state_reason: "completed",
    });
  }

  /** Where the answer was lost, the list is read before anything is posted again. */
  async #post(body: string): Promise<number> {
    for (let posts = 1; ; posts++) {
      const draft = { title, body, labels: [pointerLabel] };
      const made = await this.#access.ask("issues", "POST /repos/{owner}/{repo}/issues", draft, { repeatable: false });
      const number = "failure" in made ? await this.#afterLostAnswer(made.failure) : numberAt(made.data, "number");
      if (number !== undefined) return number;
      if (!("failure" in made)) throw this.#access.unexpected("GitHub's answer about a new issue makes no sense");
      if (posts >= 2) throw this.#access.unexpected("the ledger's issue", made.failure);
    }
  }

  async #afterLostAnswer(failure: Failure): Promise<number | undefined> {
    if (!failure.maybeDone) throw this.#access.unexpected("the ledger's issue", failure);
    for (const wait of looks) {
      if (!(await this.#access.pause(wait))) throw this.#access.unexpected("the ledger's issue", failure);
      const found = await this.#orphan();
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async #update(issue: number, body: string): Promise<number> {
    const reply = await this.#access.ask("issues", "PATCH /repos/{owner}/{repo}/issues/{issue_number}", { issue_number: issue, body });
    if ("failure" in reply) throw this.#access.unexpected("the ledger's issue", reply.failure);
    return issue;
  }
}

/** One file a line, as JSON that can end neither the comment nor a line. */
export function renderFiles(given: ReadonlyMap<string, string>): string {
  const files = new Map(given);
  for (;;) {
    const lines = [...files].map((file) => harmless(JSON.stringify(file)));
    const body = bodyOf(linesLength(lines) <= longestPlain ? lines : [pack(lines)]);
    if (body.length <= longestBody) return body;
    if (!shorten(files)) {
      throw new UserError(
        `The ledger has outgrown an issue (${body.length} of ${longestBody} characters). Grant \`contents: write\` and set \`backend: branch\`.`,
        { exitCode: 3 },
      );
    }
  }
}

const bodyOf = (lines: readonly string[]): string => [explanation, "", opening, ...lines, closing, ""].join("\n");

const linesLength = (lines: readonly string[]): number => lines.reduce((sum, line) => sum + line.length + 1, 0);

/** Base64 can end no comment either. */
function pack(lines: readonly string[]): string {
  return packed + deflateRawSync(lines.join("\n"), { level: 9 }).toString("base64");
}

/** `undefined` for what `pack` did not write. */
function unpack(line: string): string | undefined {
  try {
    return inflateRawSync(Buffer.from(line.slice(packed.length), "base64"), { maxOutputLength: largestUnpacked }).toString("utf8");
  } catch {
    return undefined;
  }
}

function harmless(json: string): string {
  return json.replace(/[<>`@#&\u0080-\uffff-]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Takes the older half out of the longest journal; false when there is nothing to take. */
function shorten(files: Map<string, string>): boolean {
  const journals = [...files].filter(([path]) => path.startsWith("ledger/")).sort(([, a], [, b]) => b.length - a.length);
  const [path, text] = journals[0] ?? [];
  if (path === undefined || text === undefined) return false;
  const lines = text.split("\n").filter((line) => line !== "");
  const kept = lines.slice(Math.ceil(lines.length / 2));
  if (kept.length === 0) files.delete(path);
  else files.set(path, `${kept.join("\n")}\n`);
  return true;
}

/** `undefined` for a body that is not, or no longer, a ledger. */
export function parseFiles(body: string): Map<string, string> | undefined {
  const start = body.indexOf(opening);
  const end = body.indexOf(closing, start);
  if (start < 0 || end < 0) return undefined;
  const files = new Map<string, string>();
  const held = body.slice(start + opening.length, end).trim();
  const text = held.startsWith(packed) ? unpack(held) : held;
  if (text === undefined) return undefined;
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === "") continue;
    const file = fileOf(line);
    if (file === undefined) return undefined;
    files.set(...file);
  }
  return files;
}

function fileOf(line: string): readonly [string, string] | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const [path, text] = [at(value, 0), at(value, 1)];
    return typeof path === "string" && isLedgerPath(path) && typeof text === "string" ? [path, text] : undefined;
  } catch {
    return undefined;
  }
}
