import { afterEach, describe, expect, it } from "vitest";
import { one, verdict } from "./arrange.ts";
import { closeFaults, httpFault } from "./fault-server.ts";
import { faults } from "./fault-table.ts";
import { randomOf } from "./seeds.ts";

afterEach(closeFaults);

describe("the fault table", () => {
  // Fifty seeds each are in faults.long.test.ts.
  it.each(Object.entries(faults))("%s", async (_, play) => {
    for (const { wanted, got } of await Promise.all([1, 2, 3].map((seed) => play(randomOf(seed))))) expect(got).toEqual(wanted);
  });
});

describe("an address", () => {
  it("that is private is refused, also behind a redirect", async () => {
    const { url } = await httpFault((_, response) => response.end());
    expect(verdict(await one({ url }, { allowPrivate: false }))).toEqual(["unknown", "address.private"]);
    const leads = await httpFault((_, response) => response.writeHead(302, { location: "http://169.254.169.254/latest" }).end());
    expect(verdict(await one({ url: leads.url }))).toEqual(["unknown", "address.private"]);
    expect((await one({ url }, { allowPrivate: ["127.0.0.0/8"] })).status).toBe("healthy");
  });
  it("of several that is dead does not count (F15)", async () => {
    const fault = await httpFault((_, response) => response.end("ok"));
    expect((await one({ url: `http://localhost:${fault.port}` })).status).toBe("healthy");
  });
});
