import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { dashboardFiles, type PageFile } from "../../../actions/benchmark-compare/src/dashboard.ts";
import type { History } from "../../../actions/benchmark-compare/src/history.ts";
import { stepsOf } from "../../../actions/benchmark-compare/src/judge-history.ts";
import type { PageParts } from "../../../actions/benchmark-compare/src/ports.ts";
import { Browser, chromium } from "../../browser/browser.ts";
import { cleanUp, root, temporaryFolder } from "../harness.ts";

const hostile = `</script><img src=x onerror="document.title='owned'"> & "quoted" \u202egnp`;

const history = historyOf(60, [hostile, "parse", "print"], (run, place) => {
  return 1e6 * (place + 1) * (1 + 0.01 * Math.sin(run * 7.3)) * (place === 1 && run >= 45 ? 1.3 : 1);
});

function historyOf(runs: number, names: readonly string[], value: (run: number, place: number) => number): History {
  return {
    schema: "forge-benchmark-history/1",
    runs: Array.from({ length: runs }, (_, run) => ({
      commit: `${String(run).padStart(12, "0")}${"a".repeat(28)}`,
      date: new Date(Date.UTC(2026, 0, 1 + run)).toISOString(),
      suite: "S",
      host: run < runs / 2 ? "machine A" : "machine B",
      benchmarks: names.map((name, place) => ({
        name,
        metric: "time",
        unit: "ns",
        direction: "lower" as const,
        value: value(run, place),
      })),
    })),
  };
}

/** The page with the code that was built for it. */
async function written(target: string, of: History, steps = stepsOf(of, "none")): Promise<PageFile[]> {
  const built = pathToFileURL(join(root, "dist", "shared", "benchmark-compare-page", "index.js")).href;
  const { openPage } = (await import(built)) as { readonly openPage: () => PageParts };
  return dashboardFiles(target, of, steps, [], "none", await openPage().code());
}

/** Puts files into a fresh folder; gives the first one's path. */
function placed(files: readonly PageFile[]): string {
  const folder = temporaryFolder();
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return join(folder, files[0]?.path ?? "");
}

/** What a person can do and see; a part of each script below. */
const hands = `
  const one = (what) => document.querySelector(what), count = (what) => document.querySelectorAll(what).length;
  const frame = () => new Promise((done) => setTimeout(done, 60));
  const until = async (test) => { for (let tries = 0; !test() && tries < 100; tries++) await frame(); };
  const open = async (place) => { location.hash = String(place); await until(() => one("nav [aria-current=true]")?.dataset.index === String(place) && one("#plot canvas")); await frame(); };
  const press = async (text) => { [...document.querySelectorAll("section button")].find((b) => b.textContent === text).click(); await frame(); };
  const key = (name) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
  const mouse = (type, x) => { const over = one("#plot .u-over"), box = over.getBoundingClientRect();
    (type === "mouseup" ? document : over).dispatchEvent(new MouseEvent(type, { clientX: box.left + x * box.width, clientY: box.top + 50, bubbles: true, button: 0, movementX: 9 })); };
  const seen = () => ({ ...one("#plot").dataset });
  const colours = () => { const canvas = one("#plot canvas"), { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height), all = {};
    for (let at = 0; at < data.length; at += 4) if (data[at + 3] === 255) { const name = data[at] + "," + data[at + 1] + "," + data[at + 2]; all[name] = (all[name] ?? 0) + 1; } return all; };
`;

// Where there is no browser (`test/browser` tells which), what it would show cannot be told.
describe.skipIf(chromium === undefined)("the trend page in a browser", () => {
  const browser = new Browser(chromium ?? "");
  afterAll(async () => {
    await browser.close();
    cleanUp();
  });

  /** Lets a script use a page as a person would: `said` is what it saw. */
  async function used<T>(
    file: string,
    script: string,
    scheme: "light" | "dark" = "light",
  ): Promise<{ said: T; requests: readonly string[] }> {
    const visit = await browser.visit(file, `(async () => { ${hands} ${script} })()`, scheme);
    expect(visit.errors).toEqual([]);
    return { said: visit.value as T, requests: visit.requests };
  }

  it("shows a course with its steps, levels and machines", async () => {
    const { said, requests } = await used<Record<string, unknown>>(
      placed(await written("page.html", history)),
      `await open(1); return { ...seen(), machines: [...document.querySelectorAll("li")].map((li) => li.textContent), told: one("#chart").lastChild.textContent, colours: Object.keys(colours()).length };`,
    );
    expect(said).toMatchObject({ range: "0 59", scale: "linear", steps: "1", levels: "2", machines: ["machine A (30)", "machine B (30)"] });
    expect(said["told"]).toMatch(/^Steps since 0000000000\d\d\. /);
    expect(said["colours"]).toBeGreaterThan(4);
    expect(requests).toHaveLength(1);
  });

  it("looks closer by buttons and by dragging, and goes back", async () => {
    const { said } = await used<string[]>(
      placed(await written("page.html", history)),
      `await open(1); const said = []; const look = () => said.push(seen().range);
      await press("closer"); look(); const kept = document.activeElement.textContent; await press("later"); look(); await press("earlier"); look(); await press("whole course"); look();
      mouse("mousemove", .5); mouse("mousedown", .5); mouse("mousemove", .7); mouse("mouseup", .7); await frame(); look();
      mouse("dblclick", .5); await frame(); look(); return [...said, kept];`,
    );
    expect(said).toEqual(["0 59", "14 45", "28 59", "12 43", "0 59", "30 41", "0 59", "closer"].slice(1));
  });

  it("reads values to the mouse and to the keyboard", async () => {
    const { said } = await used<string[]>(
      placed(await written("page.html", history)),
      `await open(1); const said = []; const read = () => said.push(one("#read").textContent);
      mouse("mousemove", .5); await frame(); read();
      one("#plot").focus(); key("Home"); await frame(); read(); key("ArrowRight"); await frame(); read(); key("End"); key("ArrowLeft"); await frame(); read();
      return [...said, one("#read").getAttribute("role"), one("#plot").getAttribute("aria-label")];`,
    );
    expect(said[0]).toMatch(/^0000000000(29|30) 2026-01-3\dT00:00: (1\.9|2\.0)\d* ms, machine [AB]$/);
    expect(said.slice(1, 4)).toEqual([
      "000000000000 2026-01-01T00:00: 2 ms, machine A",
      expect.stringMatching(/^000000000001 .* ms, machine A$/),
      expect.stringMatching(/^000000000058 .*: 2\.\d+ ms, machine B$/),
    ]);
    expect(said.slice(4)).toEqual(["status", "parse: 60 values. The left and right arrow keys read them."]);
  });

  it("lists, searches and groups by keyboard, and names stay names", async () => {
    const { said } = await used<unknown[]>(
      placed(await written("page.html", history)),
      `const said = []; const search = one("#search"); const find = (text) => { search.value = text; search.oninput(); said.push(count("nav button")); };
      find("PRI"); find("nothing of that name"); find("onerror"); said.push(one("nav button").title, count("img"), document.title); find("");
      search.focus(); key("ArrowDown"); key("ArrowDown"); said.push(document.activeElement.title); document.activeElement.click();
      await until(() => one("nav [aria-current=true]").title === "parse"); said.push(document.activeElement.title); key("ArrowUp"); key("ArrowUp"); said.push(document.activeElement.id);
      one("#group").value = "metric"; one("#group").onchange(); said.push(one("nav h2").textContent);
      return said;`,
    );
    expect(said).toEqual([1, 0, 1, hostile, 0, "Benchmarks", 3, "parse", "parse", "search", "time"]);
  });

  it("shows a logarithm of what has one", async () => {
    const wide = historyOf(20, ["grows"], (run) => (run === 3 ? 0 : 10 ** (run / 3)));
    const { said } = await used<unknown[]>(
      placed(await written("page.html", wide, [])),
      `await until(() => one("#plot canvas")); const said = [seen()]; one("#log").click(); await frame(); said.push(seen()); one("#plot").focus(); key("End"); await frame(); said.push(one("#read").textContent); return said;`,
    );
    expect(said).toMatchObject([
      { range: "0 19", scale: "linear" },
      { range: "0 18", scale: "logarithmic" },
      expect.stringMatching(/: 2\.154 ms, machine B$/),
    ]);
  });

  it.each([
    ["light", "rgb(0, 0, 0)", "9,105,218"],
    ["dark", "rgb(255, 255, 255)", "88,166,255"],
  ] as const)("is %s where the reader wants it so", async (scheme, ink, line) => {
    const { said } = await used<[string, Record<string, number>]>(
      placed(await written("page.html", history)),
      "await open(1); return [getComputedStyle(document.body).color, colours()];",
      scheme,
    );
    expect(said[0]).toBe(ink);
    expect(said[1][line]).toBeGreaterThan(100);
  });

  it("loads its data in pieces from a folder, and nothing else", async () => {
    const many = historyOf(
      12,
      Array.from({ length: 60 }, (_, place) => `number ${place}`),
      (run, place) => 100 + place + run,
    );
    const file = placed(await written("out", many, []));
    const { said, requests } = await used<string[]>(
      file,
      `await open(0); await open(55); one("#plot").focus(); key("Home"); await frame(); return [seen().range, one("#read").textContent];`,
    );
    expect(said).toEqual(["0 11", "000000000000 2026-01-01T00:00: 155 ns, machine A"]);
    expect(requests.map((url) => url.slice(url.indexOf("/out/")))).toEqual([
      "/out/index.html",
      "/out/data/chart.js",
      "/out/data/0.js",
      "/out/data/1.js",
    ]);
  });

  it("is seen before its chart is parsed, with 2,000 commits and 300 metrics", async () => {
    const names = Array.from({ length: 300 }, (_, place) => `benchmark number ${place} with a name of some length`);
    const large = historyOf(2_000, names, (run, place) => 1e6 * (place + 1) * (1 + 0.02 * Math.sin(run * 7.3 + place)));
    const [page] = await written("page.html", large, []);
    const text = page?.text ?? "";
    const behind = text.indexOf("forge.hosts=");
    expect(Buffer.byteLength(text.slice(0, behind))).toBeLessThan(500_000);
    expect(Buffer.byteLength(text)).toBeLessThan(8_000_000);
    const marked = `${text.slice(0, behind)}performance.mark("behind");${text.slice(behind)}`;
    const { said } = await used<[number, number, number, string]>(
      placed([{ path: "page.html", text: marked }]),
      `await until(() => one("#plot canvas") && performance.getEntriesByName("first-contentful-paint").length);
      return [performance.getEntriesByName("first-contentful-paint")[0].startTime, performance.getEntriesByName("behind")[0].startTime, count("nav button"), seen().range];`,
    );
    expect(said[0]).toBeLessThan(said[1]);
    expect(said.slice(2)).toEqual([300, "0 1999"]);
  }, 60_000);
});
