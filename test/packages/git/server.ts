import { spawn } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface GitServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Credentials that came, one entry a request; empty where there was none. */
  readonly credentials: string[];
}

/** A real git server on loopback that wants `x-access-token:<token>`, and like GitHub answers 400 to two Authorization headers. */
export function startGitServer(folder: string, token: string): Promise<GitServer> {
  const credentials: string[] = [];
  return listen((request, response) => {
    const given = request.rawHeaders.filter(
      (_, index) => index % 2 === 1 && request.rawHeaders[index - 1]?.toLowerCase() === "authorization",
    );
    credentials.push(given.join(" + "));
    const wanted = `basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
    if (given.length > 1) response.writeHead(400).end("Duplicate header: Authorization");
    else if (given[0]?.toLowerCase() !== wanted.toLowerCase()) response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
    else serve(folder, request, response);
  }).then((url) => ({ url, credentials }));
}

/** Takes every request and never answers. */
export function startSilentServer(): Promise<string> {
  return listen(() => {});
}

async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function serve(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const child = spawn("git", ["-c", "safe.directory=*", "http-backend"], {
    env: {
      ...process.env,
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers["content-type"],
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"],
      HTTP_GIT_PROTOCOL: request.headers["git-protocol"] as string | undefined,
      REMOTE_USER: "x-access-token",
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  request.pipe(child.stdin);
  const pieces: Buffer[] = [];
  child.stdout.on("data", (piece: Buffer) => pieces.push(piece));
  child.on("close", () => {
    const all = Buffer.concat(pieces);
    const split = all.indexOf("\r\n\r\n");
    const headers = all.subarray(0, split).toString().split("\r\n");
    const status = headers.find((line) => line.startsWith("Status: "));
    response.statusCode = status === undefined ? 200 : Number(status.slice(8, 11));
    for (const line of headers) {
      const colon = line.indexOf(": ");
      if (colon > 0 && !line.startsWith("Status: ")) response.setHeader(line.slice(0, colon), line.slice(colon + 2));
    }
    response.end(all.subarray(split + 4));
  });
}
