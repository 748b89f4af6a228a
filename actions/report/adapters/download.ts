import { isUserError, UserError } from "../../../packages/frame/errors.ts";
import type { Event } from "../../../packages/frame/event.ts";
import type { Http, HttpResponse } from "../../../packages/frame/ports.ts";

interface Asking {
  readonly http: Http;
  readonly token: string;
  readonly event: Event;
}

const timeout = 10_000;
const tries = 2;

/**
 * An artifact's archive. GitHub answers with the address of a storage server: the token is not sent there, no second redirect is followed, and no more than
 * `maxBytes` are taken, whatever was announced. Not through the API's client, which would follow by itself and take everything.
 */
export async function downloadArtifact({ http, token, event }: Asking, artifact: number, maxBytes: number): Promise<Uint8Array> {
  const url = `${event.apiUrl}/repos/${event.repository}/actions/artifacts/${artifact}/zip`;
  const headers = {
    authorization: `Bearer ${token}`,
    accept: "application/vnd.github+json",
    "user-agent": "forge",
    "x-github-api-version": "2022-11-28",
  };
  const told = await again(() => http.request("GET", url, { headers, timeout, maxBytes }));
  if (told.status === 200) return told.body;
  const target = told.status === 302 || told.status === 307 ? told.headers.location : undefined;
  if (target === undefined) refuse(`GitHub answered ${told.status}`);
  const place = URL.canParse(target, url) ? new URL(target, url) : refuse("GitHub named no address");
  if (place.protocol !== "https:" && !event.apiUrl.startsWith("http:")) refuse("GitHub named an address that is not an https address");
  const archive = await again(() => http.request("GET", place.href, { headers: { "user-agent": "forge" }, timeout, maxBytes }));
  if (archive.status !== 200) refuse(`its storage answered ${archive.status}`);
  return archive.body;
}

function refuse(why: string): never {
  throw new UserError(`The artifact could not be downloaded: ${why}.`, { exitCode: 3 });
}

async function again(ask: () => Promise<HttpResponse>): Promise<HttpResponse> {
  for (let count = 1; ; count++) {
    try {
      const response = await ask();
      if (response.status < 500 || count === tries) return response;
    } catch (error) {
      if (!isUserError(error) || count === tries || /more than \d+ bytes/.test(error.message)) throw error;
    }
  }
}
