import { UserError } from "../../../packages/frame/errors.ts";
import { isSha } from "../../../packages/git/command.ts";
import type { Client } from "../../../packages/github/client.ts";
import { inWords } from "../../../packages/github/failures.ts";
import { at, textAt } from "../../../packages/ledger/adapters/access.ts";
import type { Plan, Step } from "../../../packages/releases/book.ts";
import type { Applied, Provider } from "../src/ports.ts";
import type { Opening } from "./opening.ts";
import { RemoteGit } from "./remote-git.ts";

/** One pull request that gives a branch the content of an earlier commit again. Nothing is pushed to the branch itself. */
export async function openGitRevert(given: Opening<"git-revert">): Promise<Provider> {
  const { branch } = given.settings;
  const { event, token, log } = given;
  const server = await RemoteGit.open(given);
  const [owner = "", repo = ""] = event.repository.split("/");
  const head = async (): Promise<string> => {
    const sha = (await server.refs(`refs/heads/${branch}`)).get(`refs/heads/${branch}`);
    if (sha === undefined) throw new UserError(`The repository's server has no branch ${branch}.`, { exitCode: 3 });
    return sha;
  };
  const client = async (): Promise<Client> => {
    const { openClient } = await import("../../../packages/github/adapters/client.ts");
    return openClient({ token: token ?? "", apiUrl: event.apiUrl, log });
  };
  return {
    async current() {
      const sha = await head();
      return { release: sha, others: [], commit: sha, rollback: false };
    },
    async resolve(name) {
      if (isSha(name)) return name;
      const refs = await server.refs(`refs/tags/${name}`, `refs/tags/${name}^{}`);
      const found = refs.get(`refs/tags/${name}^{}`) ?? refs.get(`refs/tags/${name}`);
      return found ?? (await server.repository.resolve([`${name}^{commit}`]))[0] ?? name;
    },
    commitOf: async (release) => (isSha(release) ? release : ""),
    async look(release) {
      const [sha] = await server.repository.resolve([`${release}^{commit}`]);
      const fetched =
        sha !== undefined ||
        (await server.fetch(release).then(
          () => true,
          () => false,
        ));
      return fetched
        ? { present: true, why: `the commit ${release.slice(0, 12)} is there` }
        : { present: false, why: `the commit ${release.slice(0, 12)} is not there any more` };
    },
    async credentials() {
      if (token === undefined || token === "")
        return "no token was given, and a pull request needs one (contents and pull-requests: write)";
      return server.mayPush();
    },
    async steps(from, to) {
      const name = `forge/rollback-${to.slice(0, 12)}-${from.slice(0, 12)}`;
      const what = `open a pull request to ${branch} from ${name}, with the content of ${to.slice(0, 12)}`;
      return [{ kind: "propose", what, undo: "close the pull request", with: { branch, name, from, to } }];
    },
    async apply(step, plan, guard) {
      if ((await head()) !== step.with["from"]) return { result: "conflict", why: `${branch} has moved on` };
      const commit = await makeCommit(server, step);
      const ref = `refs/heads/${step.with["name"] ?? ""}`;
      const standing = (await server.refs(ref)).get(ref) ?? "";
      await guard();
      if (standing !== commit) {
        const refused = await server.push(commit, ref, standing);
        if (refused !== undefined) throw new UserError(`The branch for the pull request could not be pushed: ${refused}`, { exitCode: 3 });
      }
      return propose(await client(), { owner, repo }, step, plan);
    },
    // Whether it is merged is for people to say.
    settled: async () => ({ ok: true, why: "the pull request is open" }),
  };
}

/** The same commit for the same plan, however often it is made. */
async function makeCommit(server: RemoteGit, { with: given }: Step): Promise<string> {
  const { from = "", to = "" } = given;
  const { git } = server.repository;
  const [local] = await server.repository.resolve([`${from}^{commit}`]);
  if (local === undefined) await server.fetch(from);
  const date = (await git.text(["show", "--no-patch", "--format=%cI", from])).trim();
  const who = { NAME: "github-actions[bot]", EMAIL: "41898282+github-actions[bot]@users.noreply.github.com", DATE: date };
  const env = Object.fromEntries(
    ["AUTHOR", "COMMITTER"].flatMap((role) => Object.entries(who).map(([name, value]) => [`GIT_${role}_${name}`, value])),
  );
  const message = `Go back to ${to.slice(0, 12)}\n\nThe content of ${to}, on top of ${from}.\n`;
  return (await git.text(["commit-tree", `${to}^{tree}`, "-p", from, "-m", message], { env })).trim();
}

async function propose(client: Client, place: { owner: string; repo: string }, step: Step, plan: Plan): Promise<Applied> {
  const { branch = "", name = "" } = step.with;
  const find = async (): Promise<string> => {
    const found = await client.list("GET /repos/{owner}/{repo}/pulls", {
      ...place,
      head: `${place.owner}:${name}`,
      base: branch,
      state: "open",
    });
    if ("failure" in found) throw new UserError(`Pull requests cannot be read: ${inWords(found.failure)}.`, { exitCode: 3 });
    return textAt(at(found.items, 0), "html_url");
  };
  const standing = await find();
  if (standing !== "") return { result: "already", why: standing };
  const body = `Goes back to \`${plan.to}\`, which is verified good.\n\nPlan \`${plan.hash}\`. Merging it deploys nothing by itself.`;
  const title = `Go back to ${plan.to.slice(0, 12)}`;
  const made = await client.request(
    "POST /repos/{owner}/{repo}/pulls",
    { ...place, title, head: name, base: branch, body },
    { repeatable: false },
  );
  if (made.ok) return { result: "done", why: textAt(made.data, "html_url") };
  // The answer may have been lost after the deed.
  const after = made.failure.maybeDone || made.failure.status === 422 ? await find() : "";
  if (after !== "") return { result: "done", why: after };
  throw new UserError(`The pull request could not be opened: ${inWords(made.failure)}. It takes \`pull-requests: write\`.`, {
    exitCode: 3,
  });
}
