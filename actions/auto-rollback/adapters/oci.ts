import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { openHttp } from "../../../packages/frame/adapters/http.ts";
import { UserError } from "../../../packages/frame/errors.ts";
import type { HttpResponse } from "../../../packages/frame/ports.ts";
import type { Provider } from "../src/ports.ts";
import type { Opening } from "./opening.ts";

const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];
const digestText = /^sha256:[0-9a-f]{64}$/;
const largest = 16 * 1024 * 1024;

/** A tag of a container registry, set to the digest of a manifest that is there already: the same bytes under another name, without an engine. */
export function openOci({ settings, log }: Opening<"oci">): Provider {
  const { tag, image } = settings;
  const registry = new Registry(image, (secret) => log.secret(secret));
  return {
    current: async () => ({ release: await registry.digest(tag), others: [], commit: "", rollback: false }),
    resolve: async (name) => (digestText.test(name) ? name : ((await registry.find(name)) ?? name)),
    commitOf: async () => "",
    async look(release) {
      const found = await registry.find(release);
      return found === undefined
        ? { present: false, why: `${image}@${release} is not in the registry` }
        : { present: true, why: `${image}@${release} is in the registry` };
    },
    credentials: () => registry.missingCredentials(),
    steps: async (from, to) => [
      { kind: "retag", what: `set ${image}:${tag} to ${to}`, undo: `set ${image}:${tag} to ${from}`, with: { image, tag, from, to } },
    ],
    async apply(step, _, guard) {
      const { from = "", to = "" } = step.with;
      const now = await registry.digest(tag);
      if (now === to) return { result: "already", why: `${tag} is ${to}` };
      if (now !== from) return { result: "conflict", why: `${tag} is ${now}, and neither ${from} nor ${to}` };
      const manifest = await registry.manifest(to);
      await guard();
      await registry.put(tag, manifest, to);
      return { result: "done", why: `${tag} is ${to}` };
    },
    async settled({ to }) {
      const now = await registry.digest(tag);
      return { ok: now === to, why: now === to ? `${tag} is ${to}` : `${tag} is ${now}, and not ${to}` };
    },
  };
}

class Registry {
  readonly #base: string;
  readonly #host: string;
  readonly #name: string;
  readonly #hide: (secret: string) => void;
  readonly #http = openHttp();
  #authorization: string | undefined;

  constructor(image: string, hide: (secret: string) => void) {
    const slash = image.indexOf("/");
    this.#host = image.slice(0, slash);
    this.#name = image.slice(slash + 1);
    // Docker's own rule: registries on this machine are spoken to without TLS.
    const local = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/.test(this.#host);
    const host = this.#host === "docker.io" ? "registry-1.docker.io" : this.#host;
    this.#base = `${local ? "http" : "https"}://${host}/v2/${this.#name}/manifests/`;
    this.#hide = hide;
  }

  /** The digest that a tag stands for. */
  async digest(reference: string): Promise<string> {
    const found = await this.find(reference);
    if (found === undefined)
      throw new UserError(`${this.#host}/${this.#name}:${reference} is not in the registry, or may not be seen.`, { exitCode: 3 });
    return found;
  }

  async find(reference: string): Promise<string | undefined> {
    if (!digestText.test(reference) && !/^\w[\w.-]{0,127}$/.test(reference)) return undefined;
    const response = await this.#request("GET", reference);
    if (response.status === 404) return undefined;
    if (response.status !== 200) throw this.#failure("reading", reference, response);
    return digestOf(response.body);
  }

  async manifest(digest: string): Promise<{ readonly body: Uint8Array; readonly type: string }> {
    const response = await this.#request("GET", digest);
    if (response.status !== 200) throw this.#failure("reading", digest, response);
    if ((await digestOf(response.body)) !== digest)
      throw new UserError(`The registry gave another manifest than ${digest}.`, { exitCode: 3 });
    return { body: response.body, type: response.headers["content-type"] ?? manifestTypes[1] ?? "" };
  }

  async put(tag: string, { body, type }: { body: Uint8Array; type: string }, digest: string): Promise<void> {
    // Manifests are JSON, so they are UTF-8; whether the same bytes arrived is seen from the digest.
    const response = await this.#request("PUT", tag, { body: new TextDecoder("utf-8", { ignoreBOM: true }).decode(body), type });
    if (response.status !== 201 && response.status !== 200) throw this.#failure("writing", tag, response);
    const stored = response.headers["docker-content-digest"] ?? digest;
    if (stored !== digest) throw new UserError(`The registry stored ${stored} instead of ${digest}.`, { exitCode: 3 });
  }

  /** A registry that lets everybody read may still ask whoever writes: one that knows logins is not written to without one. */
  async missingCredentials(): Promise<string | undefined> {
    const response = await this.#request("GET", "latest");
    const refused = response.status === 401 || response.status === 403;
    if (!refused && ((await this.#credentials()) !== undefined || !(await this.#knowsLogins()))) return undefined;
    return `${this.#host} asks for credentials, and none that it accepts are there (log in with docker/login-action, or set REGISTRY_USERNAME and REGISTRY_PASSWORD)`;
  }

  async #knowsLogins(): Promise<boolean> {
    const root = this.#base.slice(0, this.#base.indexOf("/v2/") + "/v2/".length);
    const { status } = await this.#http.request("GET", root, { timeout: 30_000, maxBytes: largest });
    return status === 401 || status === 403;
  }

  async #request(method: string, reference: string, content?: { body: string; type: string }): Promise<HttpResponse> {
    const send = (): Promise<HttpResponse> =>
      this.#http.request(method, `${this.#base}${reference}`, {
        headers: {
          accept: manifestTypes.join(", "),
          ...(this.#authorization === undefined ? {} : { authorization: this.#authorization }),
          ...(content === undefined ? {} : { "content-type": content.type }),
        },
        timeout: 30_000,
        maxBytes: largest,
        ...(content === undefined ? {} : { body: content.body }),
      });
    const first = await send();
    if (first.status !== 401) return first;
    this.#authorization = await this.#authorize(first.headers["www-authenticate"] ?? "");
    return this.#authorization === undefined ? first : send();
  }

  /** Basic, or a token of the service that the registry names. */
  async #authorize(challenge: string): Promise<string | undefined> {
    const basic = await this.#credentials();
    if (/^basic/i.test(challenge)) return basic === undefined ? undefined : `Basic ${basic}`;
    const fields = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name.toLowerCase(), value]));
    const realm = fields.get("realm") ?? "";
    if (!/^https?:\/\//i.test(realm) || !URL.canParse(realm)) return undefined;
    const url = new URL(realm);
    // Credentials go nowhere over plain HTTP but to this machine.
    if (url.protocol === "http:" && !this.#base.startsWith("http:")) return undefined;
    const service = fields.get("service");
    if (service !== undefined) url.searchParams.set("service", service);
    url.searchParams.set("scope", `repository:${this.#name}:pull,push`);
    const response = await this.#http.request("GET", url.href, basic === undefined ? {} : { headers: { authorization: `Basic ${basic}` } });
    if (response.status !== 200) return undefined;
    const token = tokenOf(response.body);
    if (token !== undefined) this.#hide(token);
    return token === undefined ? undefined : `Bearer ${token}`;
  }

  /** What REGISTRY_USERNAME and REGISTRY_PASSWORD say, else what a login of docker has left. */
  async #credentials(): Promise<string | undefined> {
    const { REGISTRY_USERNAME: user, REGISTRY_PASSWORD: password, DOCKER_CONFIG: folder } = process.env;
    const given = user && password ? Buffer.from(`${user}:${password}`).toString("base64") : undefined;
    const found =
      given ?? authOf(await readFile(join(folder || join(homedir(), ".docker"), "config.json"), "utf8").catch(() => ""), this.#host);
    if (found !== undefined) this.#hide(found);
    return found;
  }

  #failure(what: string, reference: string, { status }: HttpResponse): UserError {
    return new UserError(`${this.#host} answered ${status} to ${what} ${this.#name} ${reference}.`, { exitCode: 3 });
  }
}

async function digestOf(body: Uint8Array): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", body as Uint8Array<ArrayBuffer>);
  return `sha256:${Buffer.from(hash).toString("hex")}`;
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

function tokenOf(body: Uint8Array): string | undefined {
  const fields = parsed(new TextDecoder().decode(body));
  const token = fields["token"] ?? fields["access_token"];
  return typeof token === "string" && /^[\x21-\x7e]+$/.test(token) ? token : undefined;
}

function authOf(config: string, host: string): string | undefined {
  const auths = parsed(JSON.stringify(parsed(config)["auths"] ?? {}));
  for (const name of [host, `https://${host}`, ...(host === "docker.io" ? ["https://index.docker.io/v1/"] : [])]) {
    const auth = parsed(JSON.stringify(auths[name] ?? {}))["auth"];
    if (typeof auth === "string" && /^[A-Za-z0-9+/=]+$/.test(auth)) return auth;
  }
  return undefined;
}
