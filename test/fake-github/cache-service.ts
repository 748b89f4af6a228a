import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

interface Entry {
  readonly id: number;
  readonly key: string;
  readonly version: string;
  content: Buffer;
  whole: boolean;
}

/** The cache service of the runner, both protocols, in memory: what the cache's own code talks to. */
export interface FakeCache {
  /** For the environment of a step. */
  readonly environment: Readonly<Record<string, string>>;
  readonly entries: readonly Entry[];
  /** Each request as `POST CreateCacheEntry`. */
  readonly requests: readonly string[];
  /** `denied`: the token may only read. `down`: no answer is good. `hanging`: no answer at all. */
  mode: "whole" | "denied" | "down" | "hanging";
  /** Replaces what is stored by something torn. */
  spoil(content: Buffer): void;
  reset(): void;
  close(): Promise<void>;
}

/** Starts version 1 (GHES, act) or 2 (github.com). */
export async function startFakeCache(protocol: 1 | 2): Promise<FakeCache> {
  const fake = new Fake(protocol);
  await fake.listen();
  return fake;
}

class Fake implements FakeCache {
  entries: Entry[] = [];
  requests: string[] = [];
  mode: FakeCache["mode"] = "whole";
  readonly #protocol: 1 | 2;
  readonly #server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => void this.#serve(request, response));

  constructor(protocol: 1 | 2) {
    this.#protocol = protocol;
  }

  get #url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  get environment(): Record<string, string> {
    const common = { ACTIONS_RUNTIME_TOKEN: "runtime", GITHUB_SERVER_URL: "https://github.com" };
    if (this.#protocol === 1) return { ...common, ACTIONS_CACHE_URL: this.#url };
    return { ...common, ACTIONS_RESULTS_URL: this.#url, ACTIONS_CACHE_SERVICE_V2: "true" };
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  spoil(content: Buffer): void {
    for (const entry of this.entries) entry.content = content;
  }

  reset(): void {
    this.entries = [];
    this.requests = [];
    this.mode = "whole";
    this.#server.closeAllConnections();
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const url = new URL(request.url ?? "/", this.#url);
    this.requests.push(`${request.method} ${url.pathname.split("/").slice(-2).join("/")}`);
    if (this.mode === "hanging") return;
    const entry = this.entries.find(({ id }) => String(id) === url.pathname.split("/").at(-1));
    if (this.mode === "down") answer(response, [400, { msg: "the service is down" }]);
    else if (url.pathname.startsWith("/twirp/")) answer(response, this.#second(url, body));
    else if (!url.pathname.startsWith("/blobs/")) answer(response, this.#first(request, url, body, entry));
    else if (entry !== undefined && request.method !== "PUT") sendBlob(request, response, entry.content);
    else answer(response, storeBlob(entry, body));
  }

  /** In the order of the keys, the newest that begins with it. */
  #find(keys: readonly string[], version: string): Entry | undefined {
    for (const key of keys) {
      const found = this.entries.findLast((entry) => entry.whole && entry.version === version && entry.key.startsWith(key));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #reserve(key: string, version: string): Entry | undefined {
    if (this.entries.some((entry) => entry.key === key && entry.version === version)) return undefined;
    const entry: Entry = { id: this.entries.length + 1, key, version, content: Buffer.alloc(0), whole: false };
    this.entries.push(entry);
    return entry;
  }

  #second(url: URL, body: Buffer): Reply {
    const asked = JSON.parse(body.toString()) as { key: string; version: string; restore_keys?: string[] };
    const method = url.pathname.split("/").at(-1);
    if (method === "GetCacheEntryDownloadURL") {
      const found = this.#find([asked.key, ...(asked.restore_keys ?? [])], asked.version);
      if (found === undefined) return [200, { ok: false }];
      return [200, { ok: true, signed_download_url: `${this.#url}blobs/${found.id}`, matched_key: found.key }];
    }
    if (method === "CreateCacheEntry") {
      if (this.mode === "denied") return [200, { ok: false, message: "cache write denied: the token is read-only" }];
      const entry = this.#reserve(asked.key, asked.version);
      if (entry === undefined) return [409, { msg: "cache entry with the same key, version, and scope already exists" }];
      return [200, { ok: true, signed_upload_url: `${this.#url}blobs/${entry.id}?sig=secret` }];
    }
    const entry = this.entries.find(({ key, version }) => key === asked.key && version === asked.version);
    if (entry !== undefined) entry.whole = true;
    return [200, { ok: entry !== undefined, entry_id: String(entry?.id ?? 0) }];
  }

  #first(request: IncomingMessage, url: URL, body: Buffer, entry: Entry | undefined): Reply {
    if (request.method === "GET" && url.pathname.endsWith("/cache")) {
      const found = this.#find((url.searchParams.get("keys") ?? "").split(","), url.searchParams.get("version") ?? "");
      return found === undefined ? [204] : [200, { archiveLocation: `${this.#url}blobs/${found.id}`, cacheKey: found.key }];
    }
    if (request.method === "POST" && url.pathname.endsWith("/caches")) {
      if (this.mode === "denied") return [403, { message: "cache write denied: the token is read-only" }];
      const { key, version } = JSON.parse(body.toString()) as { key: string; version: string };
      const reserved = this.#reserve(key, version);
      return reserved === undefined ? [409, { message: "Cache already exists." }] : [201, { cacheId: reserved.id }];
    }
    if (entry === undefined) return [404, {}];
    if (request.method === "PATCH") entry.content = Buffer.concat([entry.content, body]);
    else entry.whole = true;
    return [204];
  }
}

type Reply = readonly [status: number, body?: unknown];

function answer(response: ServerResponse, [status, body]: Reply): void {
  const content = body === undefined ? "" : JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    ...(status === 204 ? {} : { "content-length": String(Buffer.byteLength(content)) }),
    etag: '"1"',
    "x-ms-request-id": "1",
    "x-ms-version": "2024-01-01",
  });
  response.end(content);
}

/** As much of a blob store as one upload in one piece needs. */
function storeBlob(entry: Entry | undefined, body: Buffer): Reply {
  if (entry === undefined) return [404, {}];
  entry.content = body;
  return [201];
}

function sendBlob(request: IncomingMessage, response: ServerResponse, content: Buffer): void {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  const from = Number(range?.[1] ?? 0);
  const to = Math.min(range?.[2] ? Number(range[2]) : content.length - 1, content.length - 1);
  const part = content.subarray(from, to + 1);
  response.writeHead(range === null ? 200 : 206, {
    "content-type": "application/octet-stream",
    "content-length": String(part.length),
    "content-range": `bytes ${from}-${to}/${content.length}`,
    etag: '"1"',
    "x-ms-blob-type": "BlockBlob",
  });
  response.end(request.method === "HEAD" ? undefined : part);
}
