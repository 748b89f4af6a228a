import { openHttp } from "../../../packages/frame/adapters/http.ts";
import { UserError } from "../../../packages/frame/errors.ts";
import type { HttpResponse } from "../../../packages/frame/ports.ts";
import type { Step } from "../../../packages/releases/book.ts";
import type { Applied, Provider } from "../src/ports.ts";
import type { Opening } from "./opening.ts";

type Fields = Readonly<Record<string, unknown>>;
const largest = 256 * 1024 * 1024;

/** Dist-tags and deprecations of several packages that are released together, by the registry's own API. */
export function openNpm({ settings, log }: Opening<"npm">): Provider {
  const { packages, tag } = settings;
  const registry = new Registry(settings.registry, process.env["NODE_AUTH_TOKEN"] ?? "");
  if (registry.token !== "") log.secret(registry.token);
  return {
    async current() {
      const found = new Set(await Promise.all(packages.map((name) => registry.tagged(name, tag))));
      const [release = "", ...others] = found;
      return { release, others, commit: "", rollback: false };
    },
    resolve: async (name) => name.replace(/^v(?=\d)/, ""),
    commitOf: (release) => registry.commitOf(packages[0] ?? "", release),
    async look(release) {
      for (const name of packages) {
        const version = await registry.version(name, release);
        if (version === undefined) return { present: false, why: `${name}@${release} is not in the registry` };
        if (typeof version["deprecated"] === "string" && version["deprecated"] !== "")
          return { present: false, why: `${name}@${release} is deprecated` };
      }
      return {
        present: true,
        why:
          packages.length === 1 ? `${packages[0] ?? ""}@${release} is in the registry` : `all ${packages.length} packages have ${release}`,
      };
    },
    credentials: () => registry.missingCredentials(),
    steps: (from, to, left) => stepsFor(registry, left === "bad" ? settings : { ...settings, deprecate: "" }, from, to),
    async apply(step, _, guard) {
      return step.kind === "retag" ? retag(registry, step, guard) : deprecate(registry, step, guard);
    },
    async settled({ to }) {
      for (const name of packages) {
        const now = await registry.tagged(name, tag);
        if (now !== to) return { ok: false, why: `${tag} of ${name} is ${now}, and not ${to}` };
        const version = await registry.version(name, to);
        if (typeof version?.["deprecated"] === "string" && version["deprecated"] !== "")
          return { ok: false, why: `${name}@${to} is deprecated` };
      }
      return { ok: true, why: `${tag} is ${to} in ${packages.length === 1 ? "the package" : `all ${packages.length} packages`}` };
    },
  };
}

/** First whatever is gone back to stops being deprecated, then all tags, and only then the deprecations: no tag ever names a deprecated version. */
async function stepsFor(registry: Registry, settings: Opening<"npm">["settings"], from: string, to: string): Promise<readonly Step[]> {
  const { packages, tag, deprecate: message } = settings;
  const cleared: Step[] = [];
  for (const name of packages) {
    const told = (await registry.version(name, to))?.["deprecated"];
    if (typeof told === "string" && told !== "") cleared.push(deprecation(name, to, "", told));
  }
  const retags = packages.map((name) => ({
    kind: "retag",
    what: `set ${tag} of ${name} to ${to}`,
    undo: `set ${tag} of ${name} to ${from}`,
    with: { package: name, tag, from, to },
  }));
  const deprecated: Step[] = [];
  for (const name of message === "" ? [] : packages) {
    if ((await registry.version(name, from)) !== undefined) deprecated.push(deprecation(name, from, message, ""));
  }
  return [...cleared, ...retags, ...deprecated];
}

function deprecation(name: string, version: string, message: string, before: string): Step {
  const said = (text: string): string =>
    text === "" ? `take the deprecation of ${name}@${version} away` : `deprecate ${name}@${version}: ${text}`;
  return { kind: "deprecate", what: said(message), undo: said(before), with: { package: name, version, message } };
}

async function retag(registry: Registry, step: Step, guard: () => Promise<void>): Promise<Applied> {
  const { package: name = "", tag = "", from = "", to = "" } = step.with;
  const now = await registry.tagged(name, tag);
  if (now === to) return { result: "already", why: `${tag} of ${name} is ${to}` };
  if (now !== from) return { result: "conflict", why: `${tag} of ${name} is ${now}, and neither ${from} nor ${to}` };
  await guard();
  await registry.write("PUT", `/-/package/${escaped(name)}/dist-tags/${encodeURIComponent(tag)}`, to);
  return { result: "done", why: `${tag} of ${name} is ${to}` };
}

/** The registry takes a deprecation as the whole document again, of exactly the revision that was read. */
async function deprecate(registry: Registry, step: Step, guard: () => Promise<void>): Promise<Applied> {
  const { package: name = "", version = "", message = "" } = step.with;
  for (let tries = 1; ; tries++) {
    const document = await registry.document(name, true);
    const versions = fieldsOf(document["versions"]);
    const entry = versions[version];
    if (entry === undefined) return { result: "conflict", why: `${name}@${version} is not in the registry` };
    const said = fieldsOf(entry)["deprecated"];
    if ((typeof said === "string" ? said : "") === message) return { result: "already", why: "it says so" };
    await guard();
    const changed = { ...document, versions: { ...versions, [version]: { ...fieldsOf(entry), deprecated: message } } };
    const refused = await registry.write("PUT", `/${escaped(name)}`, changed, tries < 5);
    if (refused === undefined) return { result: "done", why: "it says so" };
  }
}

class Registry {
  readonly token: string;
  readonly #url: string;
  readonly #http = openHttp();
  /** Each package as it was when its tag was last read: versions are asked for right after tags. */
  readonly #seen = new Map<string, Fields>();

  constructor(url: string, token: string) {
    this.#url = url;
    this.token = token.trim();
  }

  async tagged(name: string, tag: string): Promise<string> {
    const document = await this.document(name);
    this.#seen.set(name, document);
    const tags = fieldsOf(document["dist-tags"]);
    const version = tags[tag];
    if (typeof version === "string") return version;
    throw new UserError(`${name} has no dist-tag ${tag} in ${this.#url}.`, { exitCode: 3 });
  }

  async version(name: string, version: string): Promise<Fields | undefined> {
    const document = this.#seen.get(name) ?? (await this.document(name));
    const found = fieldsOf(document["versions"])[version];
    return found === undefined ? undefined : fieldsOf(found);
  }

  /** npm writes into a version the commit that it was published from. */
  async commitOf(name: string, version: string): Promise<string> {
    const head = (await this.version(name, version))?.["gitHead"];
    return typeof head === "string" && /^[0-9a-f]{40}$/.test(head) ? head : "";
  }

  async document(name: string, write = false): Promise<Fields> {
    const response = await this.#request("GET", `/${escaped(name)}${write ? "?write=true" : ""}`);
    if (response.status === 404) throw new UserError(`${name} is not in ${this.#url}, or the token may not see it.`, { exitCode: 3 });
    if (response.status !== 200) throw this.#failure(`reading ${name}`, response);
    const document = jsonOf(response);
    if (document === undefined) throw new UserError(`${this.#url} did not answer with JSON about ${name}.`, { exitCode: 3 });
    return document;
  }

  /** Gives a word for a conflict that may be tried again, where `again` allows it. */
  async write(method: string, path: string, body: unknown, again = false): Promise<"conflict" | undefined> {
    const response = await this.#request(method, path, JSON.stringify(body));
    if (response.status === 409 && again) return "conflict";
    if (response.status < 200 || response.status > 299) throw this.#failure(`writing ${path}`, response);
    return undefined;
  }

  async missingCredentials(): Promise<string | undefined> {
    const oidc = (process.env["ACTIONS_ID_TOKEN_REQUEST_URL"] ?? "") !== "";
    const hint = oidc ? "; trusted publishing (id-token) covers `npm publish` only, and neither dist-tags nor deprecations" : "";
    if (this.token === "") return `NODE_AUTH_TOKEN is not set, and dist-tags need a token${hint}`;
    const response = await this.#request("GET", "/-/whoami");
    const name = response.status === 200 ? jsonOf(response)?.["username"] : "not asked";
    if (response.status === 401 || response.status === 403 || typeof name !== "string" || name === "")
      return `${this.#url} does not accept NODE_AUTH_TOKEN${hint}`;
    return undefined;
  }

  async #request(method: string, path: string, body?: string): Promise<HttpResponse> {
    const headers: Record<string, string> = { accept: "application/json", "user-agent": "forge-auto-rollback", "npm-command": "dist-tag" };
    if (this.token !== "") headers["authorization"] = `Bearer ${this.token}`;
    if (body !== undefined) headers["content-type"] = "application/json";
    const options = { headers, timeout: 30_000, maxBytes: largest, ...(body === undefined ? {} : { body }) };
    return this.#http.request(method, `${this.#url}${path}`, options);
  }

  #failure(what: string, { status, body }: HttpResponse): UserError {
    const said = new TextDecoder().decode(body.subarray(0, 200)).replaceAll(/\s+/g, " ");
    return new UserError(`${this.#url} answered ${status} to ${what}: ${said}. Run it again to go on.`, { exitCode: 3 });
  }
}

function escaped(name: string): string {
  return encodeURIComponent(name).replace(/^%40/, "@");
}

function jsonOf({ body }: HttpResponse): Fields | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof value === "object" && value !== null ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}
