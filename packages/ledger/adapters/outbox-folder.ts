import { mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { messageOf, UserError } from "../../frame/errors.ts";

const mostLetters = 100;
const largestLetter = 256 * 1024;

export interface Letter {
  /** The file's name. */
  readonly name: string;
  readonly text: string;
}

/** What could not be told to GitHub, as files in `.forge/outbox/` of the workspace, until a run delivers it. */
export class OutboxFolder {
  readonly #workspace: string;

  constructor(workspace: string) {
    this.#workspace = workspace;
  }

  get #folder(): string {
    return join(this.#workspace, ".forge", "outbox");
  }

  /** By name, so oldest first; files that are too large, links and what is no JSON file are left alone. */
  async read(): Promise<readonly Letter[]> {
    const names = (await readdir(this.#folder).catch(() => []))
      .filter((name) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,150}\.json$/.test(name))
      .sort();
    if (names.length === 0 || !(await this.#inside())) return [];
    const letters: Letter[] = [];
    for (const name of names.slice(0, mostLetters)) {
      const path = join(this.#folder, name);
      const found = await stat(path).catch(() => undefined);
      if (found?.isFile() && found.size <= largestLetter) letters.push({ name, text: await readFile(path, "utf8") });
    }
    return letters;
  }

  /** Gives the path, relative to the workspace. Throws a `UserError` where nothing can be written. */
  async put(name: string, text: string): Promise<string> {
    try {
      await mkdir(this.#folder, { recursive: true });
      if (!(await this.#inside())) throw new Error("it is outside the workspace");
      const path = join(this.#folder, name);
      await writeFile(`${path}.tmp`, text);
      await rename(`${path}.tmp`, path);
      return relative(this.#workspace, path).replaceAll("\\", "/");
    } catch (cause) {
      throw new UserError(`The outbox ${this.#folder} cannot be written: ${messageOf(cause)}.`, { exitCode: 3, cause });
    }
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.#folder, name), { force: true });
  }

  /** A link must not lead the outbox elsewhere. */
  async #inside(): Promise<boolean> {
    const [root, real] = await Promise.all([realpath(this.#workspace), realpath(this.#folder).catch(() => "")]);
    return real === join(root, ".forge", "outbox");
  }
}
