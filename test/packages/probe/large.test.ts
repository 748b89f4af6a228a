import { afterEach, expect, it } from "vitest";
import { check, one } from "./arrange.ts";
import { closeFaults, httpFault } from "./fault-server.ts";

afterEach(closeFaults);

it("judges many large bodies, one after the other", async () => {
  const body = JSON.stringify({ status: "UP", text: "é".repeat(700_000) });
  const { url } = await httpFault((_, response) => response.end(body));
  const targets = Array.from({ length: 20 }, (_, index) => ({
    name: `t${index}`,
    url,
    timeout: "20s",
    conditions: ["[BODY].status == UP", "len([BODY].text) == 700000"],
  }));
  const result = await check(targets, { settings: { deadline: 30_000 } });
  expect(result.targets.filter(({ status }) => status !== "healthy")).toEqual([]);
});

it("a large body that never ends keeps its place only for its own time", async () => {
  const { url } = await httpFault((request, response) => {
    response.write("x".repeat(400_000));
    if (request.url === "/whole") response.end("y".repeat(400_000));
  });
  const stuck = one({ url: `${url}/stuck`, timeout: "300ms", conditions: ["[BODY] == x"] });
  const whole = one({ url: `${url}/whole`, timeout: "5s", conditions: ["[BODY] == pat(*y)"] });
  expect([(await stuck).reason, (await whole).status]).toEqual(["http.slow", "healthy"]);
});

it("a thousand bytes of each of a hundred targets are asked at once", async () => {
  const { url } = await httpFault((_, response) => response.end("ok"));
  const result = await check(Array.from({ length: 100 }, (_, index) => ({ name: `t${index}`, url, timeout: "10s" })));
  expect([result.status, result.targets.length, result.availability]).toEqual(["healthy", 100, 100]);
});
