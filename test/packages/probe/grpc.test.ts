import { createServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { one, verdict } from "./arrange.ts";

async function serve(answer: (stream: ServerHttp2Stream, asked: Buffer) => void): Promise<string> {
  const server = createServer();
  server.on("sessionError", () => {});
  server.on("stream", (stream) => {
    const parts: Buffer[] = [];
    stream.on("error", () => {});
    stream.on("data", (part: Buffer) => parts.push(part));
    stream.on("end", () => answer(stream, Buffer.concat(parts)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `grpc://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it.each([0, 1, 127, 128, 300, 15_000])("asks for a service whose name has %i characters", async (length) => {
  const name = "s".repeat(length);
  let asked: Buffer = Buffer.alloc(0);
  const url = await serve((stream, given) => {
    asked = given;
    stream.respond({ ":status": 200 }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(Buffer.from([0, 0, 0, 0, 2, 8, 1]));
  });
  expect(verdict(await one({ name: "it", url: `${url}/${name}` }))).toEqual(["healthy", "ok"]);
  expect(asked.readUInt32BE(1)).toBe(asked.length - 5);
  // Field 1, of the wire type for texts, and its length in groups of seven bits.
  const [low = 0, high = 0] = [asked[6], asked[7]];
  const told = low < 128 ? low : (low & 127) + 128 * high;
  expect(length === 0 ? asked.length : told).toBe(length === 0 ? 5 : length);
  expect(asked.subarray(asked.length - length).toString()).toBe(name);
});

it("answers of the kind 1xx without end are not heard to their end", async () => {
  const url = await serve((stream) => {
    const tell = (): void => {
      if (stream.destroyed) return;
      stream.additionalHeaders({ ":status": 103 });
      setImmediate(tell);
    };
    tell();
  });
  expect(verdict(await one({ url, timeout: "5s" }))).toEqual(["down", "http.protocol"]);
});

it("an answer without end, in pieces of one byte, is refused in time", async () => {
  const url = await serve((stream) => {
    stream.respond({ ":status": 200 });
    const tell = (): void => {
      for (let each = 0; each < 500 && !stream.destroyed; each++) stream.write("a");
      if (!stream.destroyed) setImmediate(tell);
    };
    tell();
  });
  expect(verdict(await one({ url, timeout: "20s" }, { settings: { deadline: 30_000 } }))).toEqual(["down", "grpc.protocol"]);
});
