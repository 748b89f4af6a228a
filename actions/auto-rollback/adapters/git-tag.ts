import { UserError } from "../../../packages/frame/errors.ts";
import { globMatcher } from "../../../packages/frame/glob.ts";
import { isSha } from "../../../packages/git/command.ts";
import type { Applied, Provider } from "../src/ports.ts";
import type { Opening } from "./opening.ts";
import { RemoteGit } from "./remote-git.ts";

/** A moving tag such as `v1`, set to the commit of an immutable one such as `v1.4.1`. */
export async function openGitTag(given: Opening<"git-tag">): Promise<Provider> {
  const { tag, releases } = given.settings;
  const server = await RemoteGit.open(given);
  const ref = `refs/tags/${tag}`;
  const matches = globMatcher([releases]);
  const read = async (): Promise<Tags> => new Tags(await server.refs("refs/tags/*"), ref, (name) => name !== tag && matches(name));
  return {
    async current() {
      const tags = await read();
      return { release: tags.release(), others: [], commit: tags.commitOf(tag), rollback: false };
    },
    resolve: async (name) => name,
    commitOf: async (release) => (await read()).commitOf(release),
    async look(release) {
      const commit = (await read()).commitOf(release);
      return commit === ""
        ? { present: false, why: `there is no tag ${release}` }
        : { present: true, why: `the tag ${release} is at ${commit.slice(0, 12)}` };
    },
    credentials: () => server.mayPush(),
    async steps(from, to) {
      const tags = await read();
      const commit = tags.commitOf(to);
      const what = `move the tag ${tag} from ${from} to ${to} (${commit.slice(0, 12)})`;
      return [{ kind: "move-tag", what, undo: `move the tag ${tag} to ${from}`, with: { ref, seen: tags.object(), commit, to } }];
    },
    async apply(step, _, guard): Promise<Applied> {
      const { seen = "", commit = "", to = "" } = step.with;
      const before = await read();
      if (before.commitOf(tag) === commit) return { result: "already", why: `${tag} is at ${to}` };
      if (before.object() !== seen)
        return { result: "conflict", why: `${tag} was moved by somebody else, to ${before.commitOf(tag).slice(0, 12)}` };
      await server.fetch(`refs/tags/${to}`).catch(() => server.fetch(commit));
      await guard();
      const refused = await server.push(commit, ref, seen);
      if (refused === undefined) return { result: "done", why: `${tag} is at ${to}` };
      const after = await read();
      if (after.commitOf(tag) === commit) return { result: "already", why: `${tag} is at ${to}` };
      if (after.object() !== seen) return { result: "conflict", why: `${tag} was moved by somebody else` };
      throw new UserError(`The tag ${tag} could not be pushed: ${refused} Run it again to go on.`, { exitCode: 3 });
    },
    async settled({ to }) {
      const tags = await read();
      const ok = tags.commitOf(tag) === tags.commitOf(to) && tags.commitOf(to) !== "";
      return { ok, why: ok ? `${tag} is at ${to}` : `${tag} is at ${tags.release()}, and not at ${to}` };
    },
  };
}

class Tags {
  readonly #refs: ReadonlyMap<string, string>;
  readonly #ref: string;
  readonly #isRelease: (name: string) => boolean;

  constructor(refs: ReadonlyMap<string, string>, ref: string, isRelease: (name: string) => boolean) {
    this.#refs = refs;
    this.#ref = ref;
    this.#isRelease = isRelease;
  }

  /** What the moving tag points to, be it a commit or an annotated tag. */
  object(): string {
    const object = this.#refs.get(this.#ref);
    if (object === undefined)
      throw new UserError(`The repository's server has no tag ${this.#ref.slice("refs/tags/".length)}.`, { exitCode: 3 });
    return object;
  }

  commitOf(name: string): string {
    if (isSha(name)) return name;
    const ref = `refs/tags/${name}`;
    return this.#refs.get(`${ref}^{}`) ?? this.#refs.get(ref) ?? "";
  }

  /** The newest version tag at the moving tag's commit; the commit itself where there is none. */
  release(): string {
    this.object();
    const commit = this.commitOf(this.#ref.slice("refs/tags/".length));
    const names = [...this.#refs.keys()].filter((ref) => !ref.endsWith("^{}")).map((ref) => ref.slice("refs/tags/".length));
    const here = names.filter((name) => this.#isRelease(name) && this.commitOf(name) === commit);
    return here.sort((a, b) => a.localeCompare(b, "en", { numeric: true })).at(-1) ?? commit;
  }
}
