import { messageOf, UserError } from "../errors.ts";
import type { Http } from "../ports.ts";

const defaultTimeout = 10_000;
const defaultLimit = 10 * 1024 * 1024;

/** HTTP through Node's own fetch: no retries, no redirects followed, bounded in time and size. */
export function openHttp(): Http {
  return {
    async request(method, url, options = {}) {
      try {
        const response = await fetch(url, {
          method,
          redirect: "manual",
          headers: options.headers ?? {},
          signal: AbortSignal.timeout(options.timeout ?? defaultTimeout),
          ...(options.body === undefined ? {} : { body: options.body }),
        });
        const body = await readBody(response, options.maxBytes ?? defaultLimit);
        return { status: response.status, headers: Object.fromEntries(response.headers), body };
      } catch (cause) {
        throw new UserError(`${method} ${new URL(url).host} failed: ${messageOf(cause)}.`, { exitCode: 3, cause });
      }
    },
  };
}

async function readBody(response: Response, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > maxBytes) throw new Error(`the answer has more than ${maxBytes} bytes`);
    parts.push(part);
  }
  const body = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    body.set(part, offset);
    offset += part.byteLength;
  }
  return body;
}
