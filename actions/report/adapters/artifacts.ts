import { createHash } from "node:crypto";
import { messageOf } from "../../../packages/frame/errors.ts";
import type { ReportPorts } from "../src/model.ts";

/**
 * Uploads one small archive as an artifact of this run, by the four requests that GitHub's own client makes: create, one block, the list of blocks, finalize.
 * GitHub's package would do the same with two megabytes of code, and act's server refuses what it sends.
 */
export function openArtifacts(environment: Readonly<Record<string, string | undefined>> = process.env): ReportPorts["artifacts"] {
  return {
    async upload(name, archive) {
      const service = serviceOf(environment);
      if ("missing" in service) return { skipped: service.missing };
      try {
        await uploadTo(service, name, archive);
        return { uploaded: name };
      } catch (error) {
        return { skipped: messageOf(error) };
      }
    },
  };
}

interface Service {
  readonly url: string;
  readonly token: string;
  /** What the run and the job are called in the service; the token says it. */
  readonly ids: { readonly workflow_run_backend_id: string; readonly workflow_job_run_backend_id: string };
}

const timeout = 20_000;
const longestAnswer = 64 * 1024;

function serviceOf(environment: Readonly<Record<string, string | undefined>>): Service | { missing: string } {
  const url = environment["ACTIONS_RESULTS_URL"] ?? "";
  const token = environment["ACTIONS_RUNTIME_TOKEN"] ?? "";
  if (url === "" || token === "" || !URL.canParse(url)) return { missing: "this runner has no artifact service (ACTIONS_RESULTS_URL)" };
  const [run, job] = scopeOf(token);
  if (run === undefined || job === undefined) return { missing: "the runner's token does not say which run this is" };
  return { url, token, ids: { workflow_run_backend_id: run, workflow_job_run_backend_id: job } };
}

/** The token's scope `Actions.Results:<run>:<job>`. Its signature is the service's business. */
function scopeOf(token: string): string[] {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    const scopes = typeof claims === "object" && claims !== null && "scp" in claims && typeof claims.scp === "string" ? claims.scp : "";
    const found = scopes.split(" ").find((scope) => scope.startsWith("Actions.Results:"));
    return found?.split(":").slice(1) ?? [];
  } catch {
    return [];
  }
}

async function uploadTo(service: Service, name: string, archive: Uint8Array): Promise<void> {
  const created = await create(service, name);
  const target = field(created, "signed_upload_url");
  if (typeof target !== "string" || !URL.canParse(target)) throw new Error("the artifact service gave no address to upload to");
  await storeBlob(target, archive);
  const hash = `sha256:${createHash("sha256").update(archive).digest("hex")}`;
  const finished = await call(service, "FinalizeArtifact", { ...service.ids, name, size: String(archive.length), hash });
  if (finished.status !== 200 || finished.body.ok !== true) throw new Error(`the artifact service did not take it (${finished.status})`);
}

/** Servers may write the fields of the protocol in either of its two spellings: `signed_upload_url`, `signedUploadUrl`. */
function field(answer: Readonly<Record<string, unknown>>, name: string): unknown {
  return answer[name] ?? answer[name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())];
}

/** A name can be used once in a run; a re-run takes away what the attempt before has left. */
async function create(service: Service, name: string): Promise<Readonly<Record<string, unknown>>> {
  const asked = { ...service.ids, name, version: 4 };
  const first = await call(service, "CreateArtifact", asked);
  if (first.status === 200 && first.body.ok === true) return first.body;
  if (first.status === 409) {
    await remove(service, name);
    const second = await call(service, "CreateArtifact", asked);
    if (second.status === 200 && second.body.ok === true) return second.body;
    throw new Error(`the artifact service did not replace the artifact of the attempt before (${second.status})`);
  }
  throw new Error(`the artifact service refused it (${first.status})`);
}

/** The attempt before was another job to the service, so the list has to say which. */
async function remove(service: Service, name: string): Promise<void> {
  const listed = await call(service, "ListArtifacts", { ...service.ids, name_filter: name });
  const found = Array.isArray(listed.body.artifacts) ? (listed.body.artifacts as readonly unknown[]) : [];
  for (const artifact of found) {
    const told = artifact as Readonly<Record<string, unknown>>;
    const ids = {
      workflow_run_backend_id: field(told, "workflow_run_backend_id"),
      workflow_job_run_backend_id: field(told, "workflow_job_run_backend_id"),
    };
    if (field(told, "name") === name) await call(service, "DeleteArtifact", { ...ids, name });
  }
}

/** One block and the list that names it: the form that Azure's storage and act's server both know. */
async function storeBlob(target: string, archive: Uint8Array): Promise<void> {
  const block = Buffer.from("forge-000000").toString("base64");
  const put = async (query: string, body: Uint8Array | string, type: string) => {
    const url = new URL(target);
    const separator = url.search === "" ? "?" : "&";
    const response = await fetch(`${target}${separator}${query}`, {
      method: "PUT",
      headers: { "content-type": type, "x-ms-version": "2021-08-06" },
      body: typeof body === "string" ? body : new Uint8Array(body),
      redirect: "error",
      signal: AbortSignal.timeout(timeout),
    });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`the artifact storage answered ${response.status}`);
  };
  await put(`comp=block&blockid=${encodeURIComponent(block)}`, archive, "application/octet-stream");
  const list = `<?xml version="1.0" encoding="utf-8"?><BlockList><Latest>${block}</Latest></BlockList>`;
  await put("comp=blocklist", list, "application/xml");
}

interface Answered {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function call(service: Service, method: string, body: Readonly<Record<string, unknown>>): Promise<Answered> {
  const url = new URL(`/twirp/github.actions.results.api.v1.ArtifactService/${method}`, service.url);
  for (let tries = 1; ; tries++) {
    const answered = await once(url, service.token, body);
    if (answered.status < 500 || tries === 2) return answered;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

async function once(url: URL, token: string, body: Readonly<Record<string, unknown>>): Promise<Answered> {
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "user-agent": "forge" },
    body: JSON.stringify(body),
    redirect: "error",
    signal: AbortSignal.timeout(timeout),
  });
  const text = await response.text();
  return { status: response.status, body: text.length > longestAnswer ? {} : parsed(text) };
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
