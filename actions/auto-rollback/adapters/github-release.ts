import { UserError } from "../../../packages/frame/errors.ts";
import { globMatcher } from "../../../packages/frame/glob.ts";
import { inWords } from "../../../packages/github/failures.ts";
import { at, numberAt, textAt } from "../../../packages/ledger/adapters/access.ts";
import type { Applied, Provider } from "../src/ports.ts";
import type { Opening } from "./opening.ts";

/** The release that GitHub calls "latest". */
export async function openRelease({ settings, token, event, log }: Opening<"release">): Promise<Provider> {
  const { openClient } = await import("../../../packages/github/adapters/client.ts");
  const [owner = "", repo = ""] = event.repository.split("/");
  const client = openClient({ token: token ?? "", apiUrl: event.apiUrl, log, pace: { deadline: 600_000 } });
  const matches = globMatcher([settings.releases]);
  const get = async (path: string, given: Readonly<Record<string, string>>): Promise<unknown> => {
    const reply = await client.request(`GET /repos/{owner}/{repo}/releases/${path}`, { owner, repo, ...given });
    if (reply.ok) return reply.data;
    if (reply.failure.kind === "missing") return undefined;
    throw new UserError(`Releases cannot be read: ${inWords(reply.failure)}.`, { exitCode: 3 });
  };
  const latest = async (): Promise<string> => {
    const tag = textAt(await get("latest", {}), "tag_name");
    if (tag === "") throw new UserError("The repository has no latest release, so it is not known what runs.", { exitCode: 3 });
    return tag;
  };
  const byTag = (tag: string): Promise<unknown> => get("tags/{tag}", { tag });
  return {
    current: async () => ({ release: await latest(), others: [], commit: "", rollback: false }),
    resolve: async (name) => name,
    commitOf: async () => "",
    async look(release) {
      if (!matches(release)) return { present: false, why: `${release} does not match settings.releases` };
      const found = await byTag(release);
      if (found === undefined) return { present: false, why: `there is no release ${release}` };
      const hidden = at(found, "draft") === true || at(found, "prerelease") === true;
      return hidden
        ? { present: false, why: `${release} is a draft or a prerelease, which cannot be the latest` }
        : { present: true, why: `the release ${release} is there` };
    },
    credentials: async () => (token === undefined || token === "" ? "no token was given (contents: write)" : undefined),
    async steps(from, to) {
      const number = numberAt(await byTag(to), "id") ?? 0;
      return [
        {
          kind: "latest",
          what: `make ${to} the latest release`,
          undo: `make ${from} the latest release`,
          with: { from, to, id: String(number) },
        },
      ];
    },
    async apply(step, _, guard): Promise<Applied> {
      const { from = "", to = "", id = "" } = step.with;
      const now = await latest();
      if (now === to) return { result: "already", why: `${to} is the latest release` };
      if (now !== from) return { result: "conflict", why: `${now} is the latest release, and neither ${from} nor ${to}` };
      await guard();
      const reply = await client.request("PATCH /repos/{owner}/{repo}/releases/{release_id}", {
        owner,
        repo,
        release_id: Number(id),
        make_latest: "true",
      });
      if (reply.ok) return { result: "done", why: `${to} is the latest release` };
      throw new UserError(`The release could not be changed: ${inWords(reply.failure)}. It takes \`contents: write\`.`, { exitCode: 3 });
    },
    async settled({ to }) {
      const now = await latest();
      return { ok: now === to, why: now === to ? `${to} is the latest release` : `${now} is the latest release, and not ${to}` };
    },
  };
}
