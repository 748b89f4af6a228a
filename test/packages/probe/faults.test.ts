import { afterEach, describe, expect, it } from "vitest";
import { one, verdict } from "./arrange.ts";
import { bomb, closeFaults, httpFault, refusedPort, tcpFault } from "./fault-server.ts";

afterEach(closeFaults);
const soon = { timeout: "300ms" };

describe("the fault matrix", () => {
  it("F1: refused", async () => {
    expect(verdict(await one({ url: `http://127.0.0.1:${await refusedPort()}` }))).toEqual(["down", "tcp.refused"]);
  });
  it("F3: accepts, and says nothing", async () => {
    const { url } = await tcpFault(() => {});
    expect(verdict(await one({ url, ...soon }))).toEqual(["down", "http.slow"]);
  });
  it("F4: TLS stall", async () => {
    const { port } = await tcpFault(() => {});
    expect(verdict(await one({ url: `https://127.0.0.1:${port}`, ...soon }))).toEqual(["down", "http.slow"]);
  });
  it("F5: a header in drops", async () => {
    const { url } = await tcpFault((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nX-Slow: ");
      const timer = setInterval(() => socket.write("a"), 20);
      socket.on("close", () => clearInterval(timer));
    });
    expect(verdict(await one({ url, ...soon }))).toEqual(["down", "http.slow"]);
  });
  it("F6: a body in drops", async () => {
    const { url } = await httpFault((_, response) => {
      const timer = setInterval(() => response.write("a"), 20);
      response.on("close", () => clearInterval(timer));
    });
    expect(verdict(await one({ url, ...soon }))).toEqual(["down", "http.slow"]);
  });
  it("F7: a body without an end", async () => {
    const { url } = await httpFault((_, response) => {
      const piece = Buffer.alloc(65_536, "a");
      const pour = (): void => {
        while (!response.destroyed && response.write(piece));
      };
      response.on("drain", pour);
      pour();
    });
    expect(verdict(await one({ url, timeout: "5s" }))).toEqual(["down", "body.cap"]);
  });
  it("F8: a bomb", async () => {
    const packed = bomb(64 * 1024 * 1024);
    const { url } = await httpFault((_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(packed));
    expect(verdict(await one({ url, timeout: "5s" }))).toEqual(["down", "body.cap"]);
  });
  it("F9: some 5xx, then fine: exactly as many requests as needed", async () => {
    const fault = await httpFault((_, response, count) => response.writeHead(count < 3 ? 503 : 200).end());
    const result = await one({ url: fault.url, attempts: 5 });
    expect([...verdict(result), result.attempts, fault.requests]).toEqual(["healthy", "ok", 3, 3]);
  });
  it("F10: every second request fails: the verify phase sees it", async () => {
    const fault = await httpFault((_, response, count) => response.writeHead(count % 2 === 0 ? 500 : 200).end());
    const result = await one({ url: fault.url }, { settings: { duration: 200 } });
    expect([...verdict(result), fault.requests, result.successes]).toEqual(["down", "http.status", 20, 10]);
    const half = await one({ url: fault.url }, { settings: { duration: 200, minSuccess: 0.5 } });
    expect(half.status).toBe("healthy");
  });
  it("F11: a circle of redirects, and no header for another origin", async () => {
    const circle = await httpFault((_, response) => response.writeHead(302, { location: "/" }).end());
    expect(verdict(await one({ url: circle.url }))).toEqual(["down", "http.redirect_loop"]);
    expect(circle.requests).toBe(6);
    const other = await httpFault((_, response) => response.end("ok"));
    const first = await httpFault((_, response) => response.writeHead(307, { location: `${other.url}/x` }).end());
    const headers = { authorization: "Bearer abcdef123456", "x-own": "1" };
    const result = await one({ url: first.url.replace("//", "//user:secretword@"), headers, method: "POST", body: "private" });
    expect(result.status).toBe("healthy");
    expect(first.seen[0]?.headers["x-own"]).toBe("1");
    expect([other.seen[0]?.headers.authorization, other.seen[0]?.headers["x-own"], other.seen[0]?.method]).toEqual([
      undefined,
      undefined,
      "GET",
    ]);
  });
  it("F12: no such name", async () => {
    expect(verdict(await one({ url: "http://nobody.invalid/", timeout: "5s" }))).toEqual(["down", "dns.nxdomain"]);
  });
  it("F15: one address of two is dead", async () => {
    const fault = await httpFault((_, response) => response.end("ok"));
    expect((await one({ url: `http://localhost:${fault.port}` })).status).toBe("healthy");
  });
  it("F21: 200 with a bad body", async () => {
    const { url } = await httpFault((_, response) => response.end('{"status":"down"}'));
    expect(verdict(await one({ url, conditions: ["[STATUS] == 200", "[BODY].status == UP"] }))).toEqual(["down", "body.assert"]);
    expect(
      (await one({ url, conditions: ["[BODY].status == any(up, down)", "len([BODY].status) == 4", "[BODY] == pat(*down*)"] })).status,
    ).toBe("healthy");
  });
  it("F22: a body that is cut short", async () => {
    const { url } = await tcpFault((socket) =>
      socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")),
    );
    expect(verdict(await one({ url, conditions: ["[STATUS] == 200"] }))).toEqual(["down", "body.truncated"]);
  });
  it("F23: a reset in the middle of the body", async () => {
    const { url } = await tcpFault((socket) =>
      socket.once("data", () =>
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", () => setTimeout(() => socket.resetAndDestroy(), 50)),
      ),
    );
    expect(verdict(await one({ url }))).toEqual(["down", "tcp.reset"]);
  });
  it("F24: 429 is no 2xx", async () => {
    const fault = await httpFault((_, response) => response.writeHead(429, { "retry-after": "60" }).end());
    const result = await one({ url: fault.url, attempts: 3 });
    expect([...verdict(result), fault.requests]).toEqual(["down", "http.status", 3]);
  });
  it("F25: a slow start, then fine", async () => {
    const fault = await httpFault((_, response, count) => response.writeHead(count < 6 ? 503 : 200).end());
    const result = await one({ url: fault.url }, { settings: { startupDeadline: 5_000 } });
    expect([...verdict(result), fault.requests, result.counted]).toEqual(["healthy", "ok", 6, { samples: 1, successes: 1 }]);
  });
  it("a private address is refused, also behind a redirect", async () => {
    const { url } = await httpFault((_, response) => response.end());
    expect(verdict(await one({ url }, { allowPrivate: false }))).toEqual(["unknown", "address.private"]);
    const leads = await httpFault((_, response) => response.writeHead(302, { location: "http://169.254.169.254/latest" }).end());
    expect(verdict(await one({ url: leads.url }))).toEqual(["unknown", "address.private"]);
    expect((await one({ url }, { allowPrivate: ["127.0.0.0/8"] })).status).toBe("healthy");
  });
});
