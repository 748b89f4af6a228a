import { describe, expect, it } from "vitest";
import { AnswerReader } from "../../../packages/probe/adapters/answer-reader.ts";

interface Read {
  status: number | undefined;
  headers: Readonly<Record<string, string>>;
  body: string;
  done: boolean;
  broken?: string;
}

/** Reads an answer that comes in pieces of so many bytes, and then the end of the stream. */
function read(answer: string, size: number, mayFollow = true): Read {
  const seen: Read = { status: undefined, headers: {}, body: "", done: false };
  const reader = new AnswerReader({
    head: (head) => {
      Object.assign(seen, head);
      return mayFollow;
    },
    part: (bytes) => {
      seen.body += bytes.toString("latin1");
    },
    done: () => {
      expect(seen.done).toBe(false);
      seen.done = true;
    },
  });
  const bytes = Buffer.from(answer, "latin1");
  try {
    for (let at = 0; at < bytes.length && !seen.done; at += size) reader.push(Buffer.from(bytes.subarray(at, at + size)));
    if (!seen.done) reader.end();
  } catch (error) {
    seen.broken = error instanceof Error ? error.message : String(error);
  }
  return seen;
}

const ok = "HTTP/1.1 200 OK\r\n";
const whole: readonly (readonly [name: string, answer: string, status: number, body: string])[] = [
  ["a length", `${ok}Content-Length: 5\r\n\r\nhello and more`, 200, "hello"],
  ["no length", `${ok}\r\nuntil the end`, 200, "until the end"],
  ["no body", `${ok}Content-Length: 0\r\n\r\nmore`, 200, ""],
  ["chunks", `${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;a="b"\r\n!\r\n000\r\nX: y\r\n\r\nmore`, 200, "hello!"],
  ["chunks win over a length", `${ok}Content-Length: 3\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n5 \r\nhello\r\n0\r\n\r\n`, 200, "hello"],
  ["another coding goes to the end", `${ok}Transfer-Encoding: gzip\r\nContent-Length: 1\r\n\r\nhello`, 200, "hello"],
  ["early answers", `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n${ok}Content-Length: 2\r\n\r\nok`, 200, "ok"],
  ["204 has no body", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", 204, ""],
  ["304 has no body", "HTTP/1.1 304\r\nContent-Length: 5\r\n\r\n", 304, ""],
  ["HTTP/1.0", "HTTP/1.0 503 Busy\r\n\r\nbusy", 503, "busy"],
  ["lines without a carriage return", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", 200, "ok"],
  ["an empty line before", `\r\n${ok}Content-Length: 2\r\n\r\nok`, 200, "ok"],
  ["no words", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", 200, "ok"],
  ["the same length twice", `${ok}Content-Length: 2\r\ncontent-length: 2\r\n\r\nok`, 200, "ok"],
];

describe("an answer", () => {
  it.each(whole)("%s, however it is cut", (_, answer, status, body) => {
    for (const size of [1, 2, 3, 7, answer.length]) expect(read(answer, size)).toMatchObject({ status, body, done: true });
  });

  it.each([
    ["no HTTP", "SSH-2.0-OpenSSH_9.2\r\n"],
    ["HTTP/2 in clear", "HTTP/2 200\r\n\r\n"],
    ["a status of two digits", "HTTP/1.1 99 X\r\n\r\n"],
    ["a header without a colon", `${ok}nonsense\r\n\r\n`],
    ["a space before the colon", `${ok}Content-Length : 2\r\n\r\nok`],
    ["two lengths", `${ok}Content-Length: 2\r\nContent-Length: 3\r\n\r\nok`],
    ["a length that is none", `${ok}Content-Length: -2\r\n\r\nok`],
    ["a chunk that is longer than it says", `${ok}Transfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n`],
    ["a chunk without a size", `${ok}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`],
    ["a line before a chunk without end", `${ok}Transfer-Encoding: chunked\r\n\r\n1;${"a".repeat(9_000)}`],
    ["a header without end", `${ok}X: ${"a".repeat(70_000)}`],
    ["too many headers", `${ok}${"a: b\r\n".repeat(2_000)}\r\n`],
    ["early answers without end", "HTTP/1.1 100 Continue\r\n\r\n".repeat(30)],
    ["another protocol", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"],
  ])("is none: %s", (_, answer) => {
    for (const size of [1, 1_000, answer.length]) expect(read(answer, size)).toMatchObject({ done: false, broken: expect.any(String) });
  });

  it.each([
    ["before its head is whole", "HTTP/1.1 200 OK\r\nContent-Le"],
    ["in the body", `${ok}Content-Length: 5\r\n\r\nhel`],
    ["in a chunk", `${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nhel`],
    ["before the last chunk", `${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`],
    ["before its trailers are whole", `${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y`],
  ])("is not done where it ends %s", (_, answer) => {
    for (const size of [1, answer.length]) expect(read(answer, size)).toMatchObject({ done: false });
  });

  it("joins headers of one name, except where only one can count, and unfolds them", () => {
    const { headers } = read(
      `${ok}A: 1\r\na:  2 \r\nLocation: /x\r\nLocation: /y\r\nB: one\r\n  two\r\nC:\r\nContent-Length: 0\r\n\r\n`,
      5,
    );
    expect(headers).toEqual({ a: "1, 2", location: "/x", b: "one two", c: "", "content-length": "0" });
  });

  it("a name that objects have by themselves is a header like any other", () => {
    const { headers } = read(`${ok}__proto__: x\r\nconstructor: y\r\nContent-Length: 0\r\n\r\n`, 100);
    expect(Object.entries(headers)).toContainEqual(["__proto__", "x"]);
    expect(Object.entries(headers)).toContainEqual(["constructor", "y"]);
  });

  it("expects no body after HEAD", () => {
    expect(read(`${ok}Content-Length: 5\r\n\r\n`, 4, false)).toMatchObject({ status: 200, body: "", done: true });
  });
});
