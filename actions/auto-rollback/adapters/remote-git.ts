import { UserError } from "../../../packages/frame/errors.ts";
import type { Event } from "../../../packages/frame/event.ts";
import type { Exec, Log } from "../../../packages/frame/ports.ts";
import { type Environment, lastWords } from "../../../packages/git/command.ts";
import { authentication, remoteOf } from "../../../packages/git/fetch.ts";
import { openRepository, type Repository } from "../../../packages/git/repository.ts";

const timeout = 120_000;

/** The repository's server, through git itself. */
export class RemoteGit {
  readonly repository: Repository;
  readonly #name: string;
  readonly #env: Environment;

  private constructor(repository: Repository, name: string, env: Environment) {
    this.repository = repository;
    this.#name = name;
    this.#env = env;
  }

  static async open(given: {
    exec: Exec;
    workingDirectory: string;
    event: Event;
    token: string | undefined;
    log: Log;
  }): Promise<RemoteGit> {
    const { exec, workingDirectory, event, token, log } = given;
    const repository = await openRepository(exec, workingDirectory, process.env, true);
    if (repository === undefined)
      throw new UserError(`There is no git repository in ${workingDirectory}: check it out first (actions/checkout).`);
    const { name, authenticates } = await remoteOf(repository, event);
    if (name === undefined) throw new UserError("The repository has no remote `origin`, so nothing can be read from its server.");
    const env = token !== undefined && token !== "" && authenticates ? authentication(event, token, log) : {};
    return new RemoteGit(repository, name, env);
  }

  /** Names of refs and what they point to; `^{}` are the commits of annotated tags. */
  async refs(...patterns: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const text = await this.#text(["ls-remote", this.#name, ...patterns]);
    const lines = text.split("\n").filter((line) => line.includes("\t"));
    return new Map(lines.map((line) => [line.slice(line.indexOf("\t") + 1), line.slice(0, line.indexOf("\t"))]));
  }

  /** Gets commits, by their names or by refs. */
  async fetch(...wanted: readonly string[]): Promise<void> {
    const shallow = (await this.repository.shallowEnds()).size > 0 ? ["--depth=1"] : [];
    await this.#text(["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", ...shallow, "--end-of-options", this.#name, ...wanted]);
  }

  /** Pushes one ref if it still is what was seen; gives the reason why not. */
  async push(commit: string, ref: string, seen: string): Promise<string | undefined> {
    const args = ["push", "--quiet", "--no-verify", `--force-with-lease=${ref}:${seen}`, this.#name, `${commit}:${ref}`];
    const { exitCode, stderr } = await this.repository.git.run(args, { env: this.#env, timeout });
    return exitCode === 0 ? undefined : lastWords(stderr);
  }

  /** Asks the server for the right to push, and pushes nothing. */
  async mayPush(): Promise<string | undefined> {
    const args = ["push", "--dry-run", "--quiet", "--no-verify", this.#name, "HEAD:refs/heads/forge-may-i-push"];
    const { exitCode, stderr } = await this.repository.git.run(args, { env: this.#env, timeout });
    return exitCode === 0 ? undefined : `the repository's server does not let this job push (contents: write): ${lastWords(stderr)}`;
  }

  async #text(args: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.repository.git.run(args, { env: this.#env, timeout });
    if (exitCode !== 0) throw new UserError(`\`git ${args[0] ?? ""}\` failed: ${lastWords(stderr)}`, { exitCode: 3 });
    return new TextDecoder().decode(stdout);
  }
}
