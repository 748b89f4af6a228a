import { createHash } from "node:crypto";
import { createSocket } from "node:dgram";
import { createServer as createHttp2 } from "node:http2";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { memory, one, verdict } from "./arrange.ts";
import { closeFaults, httpFault, tcpFault } from "./fault-server.ts";

afterEach(closeFaults);

describe("http", () => {
  it.each(["constructor", "__proto__", "toString", "identity", "zstd", ""])(
    "a body in the encoding %o is read as it came",
    async (encoding) => {
      const { url } = await httpFault((_, response) => response.writeHead(200, { "content-encoding": encoding }).end("ok"));
      expect(verdict(await one({ url, conditions: ["[BODY] == ok"] }))).toEqual(["healthy", "ok"]);
    },
  );
  it("a header that was not sent is none, whatever its name", async () => {
    const { url } = await httpFault((_, response) => response.end("ok"));
    for (const name of ["constructor", "__proto__", "toString"]) {
      expect(verdict(await one({ url, conditions: [`has([HEADER].${name}) == false`] }))).toEqual(["healthy", "ok"]);
      expect(verdict(await one({ url, conditions: [`[HEADER].${name} == x`] }))).toEqual(["down", "header.assert"]);
    }
  });
});

describe("redis", () => {
  const server = (answers: Readonly<Record<string, string>>) =>
    tcpFault((socket) =>
      socket.on("data", (data) => {
        const word = /(AUTH|PING)/.exec(String(data))?.[1] ?? "";
        socket.write(answers[word] ?? "-ERR unknown\r\n");
      }),
    );
  it("asks PING", async () => {
    const { port } = await server({ PING: "+PONG\r\n" });
    expect(verdict(await one({ url: `redis://127.0.0.1:${port}` }))).toEqual(["healthy", "ok"]);
  });
  it.each([
    ["-NOAUTH Authentication required.\r\n", "redis.auth"],
    ["-LOADING Redis is loading\r\n", "redis.loading"],
    ["HTTP/1.1 400 Bad Request\r\n", "redis.protocol"],
  ])("tells %j", async (answer, reason) => {
    const { port } = await server({ PING: answer });
    expect(verdict(await one({ url: `redis://127.0.0.1:${port}` }))).toEqual(["down", reason]);
  });
  it("gives a password, and never prints it", async () => {
    const { port } = await server({ AUTH: "-WRONGPASS invalid\r\n", PING: "+PONG\r\n" });
    const result = await one({ url: `redis://:hunter2hunter2@127.0.0.1:${port}` });
    expect(verdict(result)).toEqual(["down", "redis.auth"]);
    expect(JSON.stringify(result)).not.toContain("hunter2");
  });
});

describe("postgres", () => {
  const message = (type: string, text: string): Buffer => {
    const head = Buffer.alloc(5);
    head.write(type, 0);
    head.writeInt32BE(text.length + 4, 1);
    return Buffer.concat([head, Buffer.from(text, "latin1")]);
  };
  it.each([
    [message("R", "\0\0\0\0"), "healthy", "ok"],
    [message("R", "\0\0\0\u000aSCRAM-SHA-256\0\0"), "healthy", "ok"],
    [message("E", "SFATAL\0C28000\0Mno such role\0\0"), "healthy", "ok"],
    [message("E", "SFATAL\0C57P03\0Mstarting up\0\0"), "down", "postgres.starting"],
    [message("E", "SFATAL\0C53300\0Mtoo many\0\0"), "down", "postgres.full"],
    [Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"), "down", "postgres.protocol"],
  ])("understands an answer", async (answer, status, reason) => {
    const { port } = await tcpFault((socket) => socket.once("data", () => socket.write(answer)));
    expect(verdict(await one({ url: `postgres://app:secretword@127.0.0.1:${port}/db` }))).toEqual([status, reason]);
  });
});

describe("ws", () => {
  const upgrade = (proof: (key: string) => string) =>
    tcpFault((socket) =>
      socket.once("data", (data) => {
        const key = /sec-websocket-key: (\S+)/i.exec(String(data))?.[1] ?? "";
        socket.write(
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${proof(key)}\r\n\r\n`,
        );
      }),
    );
  it("checks the proof", async () => {
    const good = await upgrade((key) => createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64"));
    expect(verdict(await one({ url: `ws://127.0.0.1:${good.port}/chat` }))).toEqual(["healthy", "ok"]);
    const bad = await upgrade(() => "nothing");
    expect(verdict(await one({ url: `ws://127.0.0.1:${bad.port}` }))).toEqual(["down", "ws.handshake"]);
    const plain = await httpFault((_, response) => response.end("ok"));
    expect(verdict(await one({ url: plain.url.replace("http", "ws") }))).toEqual(["down", "http.status"]);
  });
});

describe("grpc", () => {
  it.each([
    [1, "healthy", "ok"],
    [2, "down", "grpc.not_serving"],
  ])("reads the health service's answer %i", async (status, wanted, reason) => {
    const server = createHttp2((_, response) => {
      response.writeHead(200, { "content-type": "application/grpc" });
      response.addTrailers({ "grpc-status": "0" });
      response.end(Buffer.from([0, 0, 0, 0, 2, 8, status]));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    expect(verdict(await one({ url: `grpc://127.0.0.1:${port}` }))).toEqual([wanted, reason]);
    server.close();
  });
});

describe("dns", () => {
  async function nameServer(rcode: number, answer: boolean) {
    const socket = createSocket("udp4");
    socket.on("message", (query, peer) => {
      const reply = Buffer.from(query);
      reply[2] = 0x81;
      reply[3] = 0x80 | rcode;
      const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7]);
      if (answer) reply[7] = 1;
      socket.send(answer ? Buffer.concat([reply, record]) : reply, peer.port, peer.address);
    });
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    return { url: `dns://127.0.0.1:${socket.address().port}`, close: () => socket.close() };
  }
  const dns = { "query-name": "example.com", "query-type": "A" };
  it.each([
    [0, true, "healthy", "ok"],
    [2, false, "down", "dns.servfail"],
    [3, false, "down", "dns.nxdomain"],
    [5, false, "down", "dns.refused"],
  ])("reads rcode %i", async (rcode, answer, status, reason) => {
    const server = await nameServer(rcode, answer);
    expect(verdict(await one({ url: server.url, dns }))).toEqual([status, reason]);
    server.close();
  });
  it("judges by what gatus would", async () => {
    const server = await nameServer(0, true);
    expect((await one({ url: server.url, dns, conditions: ["[BODY] == 192.0.2.7", "[DNS_RCODE] == NOERROR"] })).status).toBe("healthy");
    server.close();
    const none = await nameServer(3, false);
    expect((await one({ url: none.url, dns, conditions: ["[DNS_RCODE] == NXDOMAIN"] })).status).toBe("healthy");
    none.close();
  });
  it("does not wait for ever", async () => {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    expect(verdict(await one({ url: `dns://127.0.0.1:${socket.address().port}`, dns, timeout: "200ms" }))).toEqual(["down", "dns.timeout"]);
    socket.close();
  });
});

describe("prometheus", () => {
  const success = (resultType: string, result: unknown): string =>
    JSON.stringify({ status: "success", data: { resultType, result }, warnings: ["x"] });
  const vector = (...values: string[]): string =>
    success(
      "vector",
      values.map((value) => ({ metric: {}, value: [1, value] })),
    );
  const server = (answers: readonly [status: number, body: string][]) =>
    httpFault((request, response) => {
      let text = "";
      request.on("data", (piece) => {
        text += String(piece);
      });
      request.on("end", () => {
        const [status, body] = answers[text.includes("total") ? 1 : 0] ?? [500, ""];
        response.writeHead(status).end(body);
      });
    });
  const conditions = ["[VALUE] < 0.05"];
  it.each([
    ["a value", 200, vector("0.01"), "healthy", "ok"],
    ["a value over the limit", 200, vector("0.5"), "down", "prom.assert"],
    ["a scalar", 200, success("scalar", [1, "0"]), "healthy", "ok"],
    ["nothing", 200, vector(), "unknown", "prom.empty"],
    ["NaN", 200, vector("NaN"), "unknown", "prom.nan"],
    ["infinity", 200, vector("+Inf"), "unknown", "prom.inf"],
    ["several series", 200, vector("1", "2"), "unknown", "prom.series"],
    ["a string", 200, success("string", [1, "x"]), "unknown", "prom.shape"],
    ["a matrix", 200, success("matrix", []), "unknown", "prom.shape"],
    ["a mistake in the query", 400, '{"status":"error","errorType":"bad_data","error":"parse error"}', "unknown", "prom.query"],
    ["an error", 503, '{"status":"error","errorType":"timeout","error":"late"}', "unknown", "prom.error"],
    ["no JSON", 200, "<html>", "unknown", "prom.shape"],
    ["an error page", 502, "<html>", "unknown", "prom.error"],
  ])("%s", async (_, status, body, wanted, reason) => {
    const { url } = await server([[status, body]]);
    expect(verdict(await one({ kind: "prometheus", query: "bad", conditions }, { prometheus: url }))).toEqual([wanted, reason]);
  });
  it.each([
    ["no bad series while there is traffic", vector(), vector("20"), "healthy", "ok"],
    ["a share", vector("2"), vector("20"), "down", "prom.assert"],
    ["no traffic", vector(), vector("0"), "unknown", "prom.no_total"],
    ["no total", vector("1"), vector(), "unknown", "prom.no_total"],
  ])("with a total: %s", async (_, bad, total, wanted, reason) => {
    const { url } = await server([
      [200, bad],
      [200, total],
    ]);
    expect(verdict(await one({ kind: "prometheus", query: "bad", total: "total", conditions }, { prometheus: url }))).toEqual([
      wanted,
      reason,
    ]);
  });
  it.each([
    ["all of the time", () => "0.5", "down"],
    ["only lately", (index: number) => (index > 15 ? "0.5" : "0"), "degraded"],
    ["no longer", (index: number) => (index < 15 ? "0.5" : "0"), "healthy"],
  ])("over five minutes: %s", async (_, value, wanted) => {
    const now = 1_800_000_000_000;
    const values = Array.from({ length: 21 }, (_, index) => [now / 1000 - 300 + index * 15, value(index)]);
    const { url } = await server([[200, success("matrix", [{ metric: {}, values }])]]);
    expect((await one({ kind: "prometheus", query: "bad", for: "5m", conditions }, { prometheus: url, now: () => now })).status).toBe(
      wanted,
    );
  });
});

describe("of this machine", () => {
  it("disk", async () => {
    expect((await one({ url: "disk:///", conditions: ["[USED_PERCENT] <= 100", "[FREE] >= 0"] })).status).toBe("healthy");
    expect(verdict(await one({ url: "disk:///", conditions: ["[FREE_PERCENT] > 100"] }))).toEqual(["down", "disk.assert"]);
    expect(verdict(await one({ url: "disk:///no/such/folder" }))).toEqual(["unknown", "disk.missing"]);
  });
  it("command", async () => {
    const node = (script: string, more: object = {}) =>
      one({ kind: "command", command: [process.execPath, "-e", script], timeout: "10s", ...more });
    expect((await node("console.log(JSON.stringify({ok: true}))", { conditions: ["[BODY].ok == true", "[STATUS] == 0"] })).status).toBe(
      "healthy",
    );
    expect(verdict(await node("process.exit(4)"))).toEqual(["down", "command.exit"]);
    expect(verdict(await node("setInterval(() => {}, 1000)", { timeout: "500ms" }))).toEqual(["down", "command.timeout"]);
    expect(verdict(await one({ kind: "command", command: ["no-such-program-of-anyone"] }))).toEqual(["unknown", "command.missing"]);
  });
  it("heartbeat", async () => {
    const store = memory();
    const at = Date.UTC(2026, 10, 20, 2, 5);
    const target = { kind: "heartbeat", beat: "backup", schedule: "0 3 * * *", timezone: "Europe/Berlin", grace: "1h" };
    const asked = (now: number) => one(target, { memory: store, now: () => now });
    expect(verdict(await asked(at))).toEqual(["unknown", "heartbeat.never"]);
    store.kept.set("beat-backup", { at });
    expect(verdict(await asked(Date.UTC(2026, 10, 21, 2, 30)))).toEqual(["healthy", "ok"]);
    expect(verdict(await asked(Date.UTC(2026, 10, 21, 3, 1)))).toEqual(["down", "heartbeat.missed"]);
  });
  it("a heartbeat by a clock that was wrong is no sign of life", async () => {
    const store = memory();
    const now = Date.UTC(2026, 10, 21);
    const asked = async (at: unknown): Promise<readonly [string, string]> => {
      store.kept.set("beat-backup", { at });
      return verdict(await one({ kind: "heartbeat", beat: "backup", grace: "1h" }, { memory: store, now: () => now }));
    };
    for (const ahead of [3_600_000, 10 * 365 * 86_400_000, 1e300, Number.MAX_SAFE_INTEGER])
      expect(await asked(now + ahead)).toEqual(["unknown", "heartbeat.future"]);
    expect(await asked(-1e300)).toEqual(["unknown", "heartbeat.future"]);
    for (const nothing of ["now", null, {}]) expect(await asked(nothing)).toEqual(["unknown", "heartbeat.never"]);
    expect(await asked(now + 300_000)).toEqual(["healthy", "ok"]);
  });
  it("for holds a failure over runs", async () => {
    const store = memory();
    const target = { kind: "command", command: [process.execPath, "-e", "process.exit(1)"], for: "1m", timeout: "10s" };
    const start = Date.UTC(2026, 10, 21);
    expect((await one(target, { memory: store, now: () => start })).status).toBe("degraded");
    expect((await one(target, { memory: store, now: () => start + 59_000 })).status).toBe("degraded");
    expect((await one(target, { memory: store, now: () => start + 60_000 })).status).toBe("down");
    expect(verdict(await one(target))).toEqual(["unknown", "state.missing"]);
  });
});
