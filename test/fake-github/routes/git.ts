import type { Commit, Person, TreeEntry } from "../git-store.ts";
import { type Answer, failure, type Needs, notFound, onRepository, type RepositoryCall, type Route } from "../route.ts";
import { htmlUrl, nodeId, repositoryUrl } from "../shapes.ts";

const reading: Needs = [["contents", "read"]];
const writing: Needs = [["contents", "write"]];

export const gitRoutes: readonly Route[] = [
  onRepository("GET", "/git/ref/{ref}", reading, (call) => answerRef(call, `refs/${call.parameters.ref}`)),
  onRepository("POST", "/git/refs", writing, createRef),
  onRepository("PATCH", "/git/refs/{ref}", writing, updateRef),
  onRepository("DELETE", "/git/refs/{ref}", writing, (call) =>
    call.repository.git.refs.delete(`refs/${call.parameters.ref}`) ? { status: 204 } : failure(422, "Reference does not exist"),
  ),
  onRepository("GET", "/git/commits/{commit_sha}", reading, (call) => answerCommit(call, call.parameters.commit_sha ?? "", 200)),
  onRepository("POST", "/git/commits", writing, createCommit),
  onRepository("GET", "/git/trees/{tree_sha}", reading, getTree),
  onRepository("POST", "/git/trees", writing, createTree),
  onRepository("GET", "/git/blobs/{file_sha}", reading, getBlob),
  onRepository("POST", "/git/blobs", writing, createBlob),
];

const urlOf = ({ origin, repository }: RepositoryCall, path: string): string => `${repositoryUrl(origin, repository)}/git/${path}`;

function answerRef(call: RepositoryCall, name: string, status = 200): Answer {
  const sha = call.repository.git.refs.get(name);
  if (sha === undefined) return notFound();
  return {
    status,
    body: {
      ref: name,
      node_id: nodeId("Ref", name),
      url: urlOf(call, name),
      object: { type: "commit", sha, url: urlOf(call, `commits/${sha}`) },
    },
  };
}

function createRef(call: RepositoryCall): Answer {
  const { refs, commits } = call.repository.git;
  const name = String(call.body.ref);
  const sha = String(call.body.sha);
  if (!/^refs\/(?!pull\/)[^/]+\/[^/].*[^/.]$/.test(name)) return failure(422, `${name} is not a valid ref name.`);
  if (!commits.has(sha)) return failure(422, "Object does not exist");
  if (refs.has(name)) return failure(422, "Reference already exists");
  refs.set(name, sha);
  return answerRef(call, name, 201);
}

function updateRef(call: RepositoryCall): Answer {
  const { git } = call.repository;
  const name = `refs/${call.parameters.ref}`;
  const sha = String(call.body.sha);
  const old = git.refs.get(name);
  if (old === undefined) return failure(422, "Reference does not exist");
  if (!git.commits.has(sha)) return failure(422, "Object does not exist");
  if (call.body.force !== true && !git.history(sha).has(old)) return failure(422, "Update is not a fast forward");
  git.refs.set(name, sha);
  return answerRef(call, name);
}

/** The part of a commit that all of GitHub's shapes of it share. */
export function commitBody(commit: Commit): Record<string, unknown> {
  const { author, committer, message } = commit;
  return {
    author,
    committer,
    message,
    verification: { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null },
  };
}

function answerCommit(call: RepositoryCall, sha: string, status: number): Answer {
  const commit = call.repository.git.commits.get(sha);
  if (commit === undefined) return notFound();
  const web = (of: string): string => `${htmlUrl(call.repository)}/commit/${of}`;
  return {
    status,
    body: {
      sha,
      node_id: nodeId("Commit", sha),
      url: urlOf(call, `commits/${sha}`),
      html_url: web(sha),
      ...commitBody(commit),
      tree: { sha: commit.tree, url: urlOf(call, `trees/${commit.tree}`) },
      parents: commit.parents.map((parent) => ({ sha: parent, url: urlOf(call, `commits/${parent}`), html_url: web(parent) })),
    },
  };
}

function createCommit(call: RepositoryCall): Answer {
  const { git } = call.repository;
  const parents = Array.isArray(call.body.parents) ? call.body.parents.map(String) : [];
  const tree = String(call.body.tree);
  if (!git.trees.has(tree)) return failure(422, "Tree SHA does not exist");
  if (parents.some((parent) => !git.commits.has(parent))) return failure(422, "Parent SHA does not exist or is not a commit object");
  const login = call.token?.login ?? "ghost";
  const person: Person = { name: login, email: `${login}@users.noreply.github.com`, date: call.state.nextTime() };
  const sha = git.addCommit({ tree, parents, message: String(call.body.message), author: person, committer: person });
  return answerCommit(call, sha, 201);
}

function shownEntry(call: RepositoryCall, path: string, entry: TreeEntry): unknown {
  const { mode, type, sha } = entry;
  const size = type === "blob" ? { size: call.repository.git.blobs.get(sha)?.length ?? 0 } : {};
  return { path, mode, type, sha, ...size, url: urlOf(call, `${type}s/${sha}`) };
}

function answerTree(call: RepositoryCall, sha: string, status: number, recursive: boolean): Answer {
  const { git } = call.repository;
  const tree = git.trees.get(sha);
  if (tree === undefined) return notFound();
  const entries = recursive ? git.files(sha) : tree;
  return {
    status,
    body: {
      sha,
      url: urlOf(call, `trees/${sha}`),
      truncated: false,
      tree: [...entries].map(([path, entry]) => shownEntry(call, path, entry)),
    },
  };
}

function getTree(call: RepositoryCall): Answer {
  const { git } = call.repository;
  const name = call.parameters.tree_sha ?? "";
  const sha = git.trees.has(name) ? name : git.commits.get(git.resolve(name) ?? "")?.tree;
  return sha === undefined ? notFound() : answerTree(call, sha, 200, call.query.has("recursive"));
}

function createTree(call: RepositoryCall): Answer {
  const { git } = call.repository;
  const given = Array.isArray(call.body.tree) ? (call.body.tree as Readonly<Record<string, unknown>>[]) : [];
  const base = call.body.base_tree;
  // GitHub takes more than a tree's hash here, but promises only that.
  if (base !== undefined && !git.trees.has(String(base))) return failure(422, "Tree SHA is not a tree object");
  let tree: string | undefined = base === undefined ? undefined : String(base);
  for (const item of given) {
    const refused = refuseEntry(call, item);
    if (refused !== undefined) return refused;
    const type = item.type === "tree" ? "tree" : "blob";
    const sha = typeof item.content === "string" ? git.addBlob(Buffer.from(item.content)) : (item.sha as string | null);
    const entry: TreeEntry | undefined = sha === null ? undefined : { mode: String(item.mode), type, sha };
    tree = git.withPath(tree, String(item.path).split("/"), entry);
  }
  return answerTree(call, tree ?? git.addTree(new Map()), 201, false);
}

function refuseEntry({ repository }: RepositoryCall, item: Readonly<Record<string, unknown>>): Answer | undefined {
  const { path, mode, sha, content } = item;
  if (
    typeof path !== "string" ||
    path === "" ||
    path.startsWith("/") ||
    path.split("/").some((part) => part === "" || part === "." || part === "..")
  ) {
    return failure(422, "tree.path contains a malformed path component");
  }
  if (typeof mode !== "string") return failure(422, "Must supply tree.mode");
  if ((content === undefined) === (sha === undefined)) return failure(422, "Must supply either tree.sha or tree.content");
  const known = typeof sha !== "string" || repository.git.blobs.has(sha) || repository.git.trees.has(sha);
  return known ? undefined : failure(422, `tree.sha ${String(sha)} is not a valid object`);
}

function getBlob(call: RepositoryCall): Answer {
  const sha = call.parameters.file_sha ?? "";
  const content = call.repository.git.blobs.get(sha);
  if (content === undefined) return notFound();
  if (call.accept.includes("raw")) return { status: 200, raw: { type: "application/vnd.github.raw+json; charset=utf-8", content } };
  return {
    status: 200,
    body: {
      sha,
      node_id: nodeId("Blob", sha),
      size: content.length,
      url: urlOf(call, `blobs/${sha}`),
      content: content.toString("base64"),
      encoding: "base64",
    },
  };
}

function createBlob(call: RepositoryCall): Answer {
  const content = Buffer.from(String(call.body.content), call.body.encoding === "base64" ? "base64" : "utf8");
  const sha = call.repository.git.addBlob(content);
  return { status: 201, body: { sha, url: urlOf(call, `blobs/${sha}`) } };
}
