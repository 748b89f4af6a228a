/** Lists of gatus and Upptime as their users write them. */
import { afterEach, describe, expect, it } from "vitest";
import { parseYaml } from "../../../packages/frame/adapters/yaml.ts";
import type { Target } from "../../../packages/probe/model.ts";
import { parseTargets } from "../../../packages/probe/targets.ts";
import { check } from "./arrange.ts";
import { closeFaults, httpFault } from "./fault-server.ts";

afterEach(closeFaults);
const defaults = { attempts: 3, interval: 2_000, timeout: 10_000, prometheus: undefined };
const read = (text: string): readonly Target[] => parseTargets(parseYaml(text, { input: "targets" }), defaults);
const texts = (target: Target | undefined): readonly string[] => (target?.conditions ?? []).map(({ text }) => text);

const gatus = `
storage: {type: sqlite, path: /data/data.db}
alerting:
  slack: {webhook-url: "https://example.com/hook"}
ui: {title: Ours}
endpoints:
  - name: front-end
    group: core
    url: "https://example.org/health"
    interval: 5m
    conditions:
      - "[STATUS] == 200"
      - "[BODY].status == UP"
      - "[RESPONSE_TIME] < 150"
    alerts:
      - type: slack
  - name: old
    enabled: false
    url: "not even an address"
    conditions: ["[STATUS] == 200"]
  - name: moved
    url: "https://example.org/old"
    client: {timeout: 3s, ignore-redirect: true}
    conditions: ["[STATUS] == any(301, 308)"]
  - name: dns
    url: "8.8.8.8"
    dns: {query-name: "example.org", query-type: "NS"}
    conditions: ["[BODY] == pat(*.iana-servers.net.)", "[DNS_RCODE] == NOERROR"]
  - name: graph
    url: "https://example.org/graphql"
    method: POST
    graphql: true
    body: "{ users { id } }"
    conditions: ["[STATUS] == 200"]
`;

describe("gatus", () => {
  it("is read as it stands, page and alerts aside", () => {
    const [front, moved, dns, graph, ...more] = read(gatus);
    expect(more).toEqual([]);
    expect(front).toMatchObject({ name: "core/front-end", kind: "https", interval: 2_000, attempts: 3 });
    expect(texts(front)).toEqual(["[STATUS] == 200", "[BODY].status == UP", "[RESPONSE_TIME] < 150"]);
    expect(moved).toMatchObject({ name: "moved", timeout: 3_000, followRedirects: false });
    expect(dns).toMatchObject({ kind: "dns", url: "dns://8.8.8.8", dns: { name: "example.org", type: "NS" } });
    expect(graph).toMatchObject({ method: "POST", body: '{"query":"{ users { id } }"}', headers: { "Content-Type": "application/json" } });
  });

  it.each([
    ["client: {insecure: true}", "certificates are always checked"],
    ["client: {proxy-url: 'http://proxy:1'}", '"proxy-url" cannot be had here'],
    [`headers: {X: '$\{TOKEN}'}`, `$\{TOKEN} is a variable`],
    ["ssh: {username: a}", '"ssh" is no key of a target'],
  ])("refuses what would change the verdict: %s", (line, words) => {
    const text = `endpoints:\n  - name: a\n    url: https://example.org\n    conditions: ["[STATUS] == 200"]\n    ${line}\n`;
    expect(() => read(text)).toThrow(words);
    expect(() => read(text)).toThrow("line 5");
  });

  it("with nothing that is switched on has nothing to judge", () => {
    expect(() => read("endpoints: [{name: a, enabled: false, url: 'https://example.org'}]")).toThrow("switched off");
  });
});

describe("Upptime", () => {
  const upptime = (site: string): string =>
    `owner: acme\nrepo: status\nassignees: [ada]\nsites:\n  - name: Shop\n${site.replace(/^/gm, "    ")}\nstatus-website: {name: Ours}\n`;

  it("is read as it stands, page and issues aside", () => {
    const [shop] = read(
      upptime(
        "url: https://example.org\nmethod: POST\nbody: hello\nicon: https://example.org/i.png\nslug: shop\nheaders: ['X-One: 1', 'X-Two: a:b']\nexpectedStatusCodes: [200, 201]\nmaxResponseTime: 5000",
      ),
    );
    expect(shop).toMatchObject({ name: "Shop", kind: "https", method: "POST", body: "hello", headers: { "X-One": "1", "X-Two": "a:b" } });
    expect(texts(shop)).toEqual(["[STATUS] == any(200, 201)", "[RESPONSE_TIME] <= 5000"]);
  });

  it.each([
    ["url: https://example.org", []],
    ["url: https://example.org\nmaxResponseTime: 300", ["[STATUS] >= 200", "[STATUS] < 300", "[RESPONSE_TIME] <= 300"]],
    ["url: https://example.org\n__dangerous__body_down: Sorry", ["[STATUS] >= 200", "[STATUS] < 300", "[BODY] != pat(*Sorry*)"]],
    [
      "url: https://example.org\nexpectedStatusCodes: [200]\n__dangerous__body_down_if_text_missing: Welcome",
      ["[STATUS] == any(200)", "[BODY] == pat(*Welcome*)"],
    ],
    ["url: example.org\nport: 5432\ncheck: tcp-ping\nmaxResponseTime: 50", ["[RESPONSE_TIME] <= 50"]],
  ])("%s", (site, conditions) => {
    expect(texts(read(upptime(site))[0])).toEqual(conditions);
  });

  it("knows its other checks", () => {
    expect(read(upptime("url: example.org\ncheck: tcp-ping\nport: 25"))[0]).toMatchObject({ kind: "tcp", url: "tcp://example.org:25" });
    expect(read(upptime("url: wss://example.org/x\ncheck: ws"))[0]).toMatchObject({ kind: "wss" });
  });

  it.each([
    ["url: https://$HOST", "$HOST is a variable"],
    ["url: https://example.org\nheaders: ['Authorization: Bearer $TOKEN']", "$TOKEN is a variable"],
    ["url: https://example.org\n__dangerous__insecure: true", "__dangerous__insecure: cannot be had here"],
    ["url: https://example.org\n__dangerous__body_degraded: slow", "__dangerous__body_degraded: cannot be had here"],
    ["url: https://example.org\ncheck: ssl", '"ssl" is not allowed'],
    ["url: https://example.org\nexpectedStatusCodes: fine", "no list of whole numbers"],
    ["url: https://example.org\nmaxResponseTime: soon", "no number of milliseconds"],
  ])("refuses what cannot be had: %s", (site, words) => {
    expect(() => read(upptime(site))).toThrow(words);
  });

  it("does not take a quick error for a healthy site", async () => {
    const { url } = await httpFault((_, response) => response.writeHead(500).end());
    expect((await check(upptime(`url: ${url}\nmaxResponseTime: 9000`))).status).toBe("down");
  });
});

it("keys beside a list that belong to nobody are a mistake", () => {
  expect(() => read("targets: [{url: 'https://example.org'}]\nother: 1")).toThrow("no list of targets");
  expect(() => read("endpoints: [{url: 'https://example.org'}]\nother: 1")).toThrow("no list of targets");
});

it("a scheme that objects have by themselves is none", () => {
  for (const url of ["constructor:x", "__proto__://x", "toString://x"])
    expect(() => read(`[{url: "${url}"}]`)).toThrow("of no kind that is known");
});
