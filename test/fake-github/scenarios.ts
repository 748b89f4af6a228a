/** What is asked of the fake and of an independent emulator alike: both must give the same answers. */

export type Ask = (
  method: string,
  path: string,
  body?: unknown,
) => Promise<{ readonly status: number; readonly data: unknown; readonly link: string }>;

/** A client of plain fetch, so that nothing of ours stands between. */
export function asking(url: string, token: string): Ask {
  return async (method, path, body) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: "application/vnd.github+json",
        "user-agent": "forge-tests",
        "content-type": "application/json",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, data: text === "" ? undefined : JSON.parse(text), link: response.headers.get("link") ?? "" };
  };
}

/** Without what each server names in its own way: ids, times, addresses. */
export type Trace = readonly unknown[];

const pick = (data: unknown, ...names: string[]): unknown =>
  Object.fromEntries(names.map((name) => [name, (data as Readonly<Record<string, unknown>> | undefined)?.[name]]));

const at = (data: unknown, ...path: (string | number)[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Readonly<Record<string | number, unknown>> | undefined)?.[key], data);

/** A comment's life, and pages of comments. */
export async function commentScenario(ask: Ask, repository: string, issue: number): Promise<Trace> {
  const list = `/repos/${repository}/issues/${issue}/comments`;
  const trace: unknown[] = [];
  const created = await ask("POST", list, { body: "one" });
  trace.push([created.status, pick(created.data, "body")]);
  const one = `/repos/${repository}/issues/comments/${String(at(created.data, "id"))}`;
  const changed = await ask("PATCH", one, { body: "changed" });
  trace.push([changed.status, pick(changed.data, "body"), at(changed.data, "id") === at(created.data, "id")]);
  for (let index = 0; index < 4; index++) await ask("POST", list, { body: `more ${index}` });
  for (const page of [1, 2, 3]) {
    const answer = await ask("GET", `${list}?per_page=2&page=${page}`);
    trace.push([answer.status, (answer.data as { body: string }[]).map(({ body }) => body), relations(answer.link)]);
  }
  trace.push((await ask("DELETE", one)).status);
  trace.push((await ask("GET", one)).status);
  trace.push((await ask("PATCH", one, { body: "late" })).status);
  return trace;
}

function relations(link: string): string[] {
  return [...link.matchAll(/rel="(\w+)"/g)].map(([, name = ""]) => name).sort();
}

/** A branch made of nothing, moved forward, and kept from moving sideways: what a compare-and-swap rests on. */
export async function gitScenario(ask: Ask, repository: string): Promise<Trace> {
  const git = `/repos/${repository}/git`;
  const person = { name: "Forge", email: "forge@example.com", date: "2026-01-01T00:00:00Z" };
  const trace: unknown[] = [];
  const commit = async (content: string, parents: unknown[], base?: unknown): Promise<unknown> => {
    const file = { path: "data/a.txt", mode: "100644", type: "blob", content };
    const tree = await ask("POST", `${git}/trees`, { ...(base === undefined ? {} : { base_tree: base }), tree: [file] });
    const made = await ask("POST", `${git}/commits`, {
      message: content,
      tree: at(tree.data, "sha"),
      parents,
      author: person,
      committer: person,
    });
    trace.push([tree.status, at(tree.data, "sha"), made.status, at(made.data, "tree", "sha") === at(tree.data, "sha")]);
    return made.data;
  };
  const first = await commit("one\n", []);
  trace.push(await moved(ask("POST", `${git}/refs`, { ref: "refs/heads/data", sha: at(first, "sha") })));
  trace.push((await ask("POST", `${git}/refs`, { ref: "refs/heads/data", sha: at(first, "sha") })).status);
  const second = await commit("two\n", [at(first, "sha")], at(first, "tree", "sha"));
  const rival = await commit("rival\n", [at(first, "sha")], at(first, "tree", "sha"));
  trace.push(await moved(ask("PATCH", `${git}/refs/heads%2Fdata`, { sha: at(second, "sha"), force: false })));
  trace.push((await ask("PATCH", `${git}/refs/heads%2Fdata`, { sha: at(rival, "sha"), force: false })).status);
  const tip = await ask("GET", `${git}/ref/heads%2Fdata`);
  trace.push([tip.status, at(tip.data, "object", "sha") === at(second, "sha")]);
  const branch = await ask("GET", `/repos/${repository}/branches/data`);
  trace.push([branch.status, at(branch.data, "commit", "sha") === at(second, "sha")]);
  const file = await ask("GET", `/repos/${repository}/contents/data/a.txt?ref=data`);
  trace.push([
    file.status,
    pick(file.data, "sha", "size", "path", "encoding"),
    Buffer.from(String(at(file.data, "content")), "base64").toString(),
  ]);
  const blob = await ask("POST", `${git}/blobs`, { content: "aGVsbG8=", encoding: "base64" });
  trace.push([blob.status, at(blob.data, "sha")]);
  trace.push((await ask("GET", `${git}/ref/heads%2Fabsent`)).status);
  trace.push((await ask("GET", `/repos/${repository}/contents/absent.txt?ref=data`)).status);
  trace.push(at((await ask("GET", `/repos/${repository}/compare/${String(at(first, "sha"))}...data`)).data, "status"));
  return trace;
}

async function moved(answer: ReturnType<Ask>): Promise<unknown> {
  const { status, data } = await answer;
  return [status, at(data, "ref"), typeof at(data, "object", "sha")];
}
