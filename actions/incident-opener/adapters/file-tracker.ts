import { mkdir, open, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, messageOf, UserError } from "../../../packages/frame/errors.ts";
import type { IssueChange, IssueDraft, IssueView, Tracker } from "../src/ports.ts";

interface Kept extends IssueView {
  readonly reason: string;
  readonly comments: readonly { readonly key: string; readonly text: string }[];
}

/** Incidents as files, `.forge/incidents/<number>.json` and what an issue would show beside it as `.md`: the same life without GitHub. */
export class FileTracker implements Tracker {
  readonly #folder: string;

  constructor(workspace: string) {
    this.#folder = join(workspace, ".forge", "incidents");
  }

  async find(label: string): Promise<readonly IssueView[]> {
    const all = await Promise.all((await this.#numbers()).map((number) => this.#read(number)));
    return all.filter((issue) => issue?.labels.includes(label) === true).filter((issue) => issue !== undefined);
  }

  get(number: number): Promise<IssueView | undefined> {
    return this.#read(number);
  }

  async observe(): Promise<[]> {
    return [];
  }

  async mayWrite(): Promise<boolean> {
    return true;
  }

  async create(draft: IssueDraft): Promise<{ issue: IssueView; notes: readonly string[] }> {
    await mkdir(this.#folder, { recursive: true });
    for (let number = ((await this.#numbers()).at(-1) ?? 0) + 1; ; number++) {
      const issue: Kept = { ...draft, number, url: `.forge/incidents/${number}.md`, open: true, author: "file", reason: "", comments: [] };
      if (await this.#reserve(number)) {
        await this.#write(issue);
        return { issue, notes: [] };
      }
    }
  }

  async update(number: number, { state, ...rest }: IssueChange): Promise<void> {
    const issue = await this.#read(number);
    if (issue === undefined) return;
    const moved = state === undefined ? {} : { open: state === "open", reason: state };
    await this.#write({ ...issue, ...rest, ...moved });
  }

  async comment(number: number, key: string, text: string): Promise<void> {
    const issue = await this.#read(number);
    if (issue === undefined) return;
    await this.#write({ ...issue, comments: [...issue.comments.filter((comment) => comment.key !== key), { key, text }] });
  }

  /** A number belongs to whoever makes its file. */
  async #reserve(number: number): Promise<boolean> {
    try {
      await (await open(join(this.#folder, `${number}.json`), "wx")).close();
      return true;
    } catch (cause) {
      if (codeOf(cause) === "EEXIST") return false;
      throw new UserError(`The incident's file in ${this.#folder} cannot be written: ${messageOf(cause)}.`, { cause });
    }
  }

  async #numbers(): Promise<readonly number[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const numbers = names.flatMap((name) => /^(\d{1,9})\.json$/.exec(name)?.[1] ?? []);
    return numbers.map(Number).sort((a, b) => a - b);
  }

  async #read(number: number): Promise<Kept | undefined> {
    const text = await readFile(join(this.#folder, `${number}.json`), "utf8").catch(() => "");
    if (text === "") return undefined;
    try {
      return JSON.parse(text) as Kept;
    } catch (cause) {
      throw new UserError(`${this.#folder}/${number}.json cannot be read: it is no JSON.`, { exitCode: 3, cause });
    }
  }

  async #write(issue: Kept): Promise<void> {
    const comments = issue.comments.map(({ text }) => `\n---\n\n${text}`).join("");
    await writeFile(join(this.#folder, `${issue.number}.json`), `${JSON.stringify(issue, undefined, 1)}\n`);
    await writeFile(join(this.#folder, `${issue.number}.md`), `# ${issue.title}\n\n${issue.body}${comments}`);
  }
}
