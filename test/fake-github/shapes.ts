import type { Repository } from "./state.ts";

/** A stable number for a name, as ids of accounts. */
function idOf(name: string): number {
  let id = 7;
  for (const character of name) id = (id * 31 + (character.codePointAt(0) ?? 0)) % 1_000_000_007;
  return id;
}

export const nodeId = (kind: string, id: number | string): string => Buffer.from(`${kind}:${id}`).toString("base64url");

export function simpleUser(origin: string, login: string): Record<string, unknown> {
  const url = `${origin}/users/${encodeURIComponent(login)}`;
  const below = ["followers", "subscriptions", "organizations", "repos", "received_events"].map((name) => [
    `${name === "organizations" ? "organizations" : name}_url`,
    `${url}/${name === "organizations" ? "orgs" : name}`,
  ]);
  return {
    login,
    id: idOf(login),
    node_id: nodeId("User", login),
    avatar_url: `https://avatars.example.com/u/${idOf(login)}`,
    gravatar_id: "",
    url,
    html_url: `https://github.com/${login.endsWith("[bot]") ? `apps/${login.slice(0, -5)}` : login}`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    events_url: `${url}/events{/privacy}`,
    ...Object.fromEntries(below),
    type: login.endsWith("[bot]") ? "Bot" : "User",
    user_view_type: "public",
    site_admin: false,
  };
}

/** The app that acted, for comments and checks of bots. */
export function integration(origin: string, login: string): Record<string, unknown> | null {
  if (!login.endsWith("[bot]")) return null;
  const slug = login.slice(0, -5);
  return {
    id: idOf(slug),
    slug,
    node_id: nodeId("App", slug),
    owner: simpleUser(origin, "github"),
    name: slug,
    description: "",
    external_url: "https://example.com",
    html_url: `https://github.com/apps/${slug}`,
    created_at: "2020-01-01T00:00:00Z",
    updated_at: "2020-01-01T00:00:00Z",
    permissions: { metadata: "read" },
    events: [],
  };
}

export const repositoryUrl = (origin: string, repository: Repository): string => `${origin}/repos/${repository.fullName}`;

export const htmlUrl = (repository: Repository): string => `https://github.com/${repository.fullName}`;

const linkNames = {
  archive: "/{archive_format}{/ref}",
  assignees: "/assignees{/user}",
  blobs: "/git/blobs{/sha}",
  branches: "/branches{/branch}",
  collaborators: "/collaborators{/collaborator}",
  comments: "/comments{/number}",
  commits: "/commits{/sha}",
  compare: "/compare/{base}...{head}",
  contents: "/contents/{+path}",
  contributors: "/contributors",
  deployments: "/deployments",
  downloads: "/downloads",
  events: "/events",
  forks: "/forks",
  git_commits: "/git/commits{/sha}",
  git_refs: "/git/refs{/sha}",
  git_tags: "/git/tags{/sha}",
  hooks: "/hooks",
  issue_comment: "/issues/comments{/number}",
  issue_events: "/issues/events{/number}",
  issues: "/issues{/number}",
  keys: "/keys{/key_id}",
  labels: "/labels{/name}",
  languages: "/languages",
  merges: "/merges",
  milestones: "/milestones{/number}",
  notifications: "/notifications{?since,all,participating}",
  pulls: "/pulls{/number}",
  releases: "/releases{/id}",
  stargazers: "/stargazers",
  statuses: "/statuses/{sha}",
  subscribers: "/subscribers",
  subscription: "/subscription",
  tags: "/tags",
  teams: "/teams",
  trees: "/git/trees{/sha}",
} as const;

export function fullRepository(origin: string, repository: Repository): Record<string, unknown> {
  const url = repositoryUrl(origin, repository);
  const web = htmlUrl(repository);
  const links = Object.entries(linkNames).map(([name, path]) => [`${name}_url`, `${url}${path}`]);
  return {
    id: repository.id,
    node_id: nodeId("Repository", repository.id),
    name: repository.name,
    full_name: repository.fullName,
    owner: simpleUser(origin, repository.owner),
    private: repository.private,
    visibility: repository.private ? "private" : "public",
    html_url: web,
    description: null,
    fork: false,
    url,
    ...Object.fromEntries(links),
    clone_url: `${web}.git`,
    git_url: `git://github.com/${repository.fullName}.git`,
    ssh_url: `git@github.com:${repository.fullName}.git`,
    svn_url: web,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    default_branch: repository.defaultBranch,
    ...counts,
    ...switches,
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
    pushed_at: "2026-01-01T00:00:00Z",
  };
}

const counts = {
  forks: 0,
  forks_count: 0,
  open_issues: 0,
  open_issues_count: 0,
  size: 1,
  stargazers_count: 0,
  watchers: 0,
  watchers_count: 0,
  network_count: 0,
  subscribers_count: 0,
};

const switches = {
  archived: false,
  disabled: false,
  has_issues: true,
  has_projects: false,
  has_wiki: false,
  has_pages: false,
  has_discussions: false,
  has_downloads: false,
};
