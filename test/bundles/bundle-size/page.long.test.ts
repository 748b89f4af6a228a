import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Browser, chromium } from "../../browser/browser.ts";
import { cleanUp } from "../harness.ts";
import { compared } from "./gate.ts";

const built = (sizes: Readonly<Record<string, number>>): Record<string, string> =>
  Object.fromEntries(Object.entries(sizes).map(([path, size]) => [path, path.padEnd(size, "x")]));

/** Tiles without tiles of their own, with their names and areas as drawn, and the colours that a reader sees. */
const tiles = `(() => {
  const leaves = [...document.querySelectorAll(".t:not(.f)")];
  const colour = (element, name) => getComputedStyle(element)[name];
  const map = document.querySelector(".map").getBoundingClientRect();
  return {
    tiles: leaves.map((tile) => {
      const { width, height, left, top, right, bottom } = tile.getBoundingClientRect();
      const inside = left >= map.left - 1 && top >= map.top - 1 && right <= map.right + 1 && bottom <= map.bottom + 1;
      return { name: tile.title, area: width * height, inside, colour: colour(tile, "backgroundColor") };
    }),
    wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
    paper: colour(document.body, "backgroundColor"),
    ink: colour(document.body, "color"),
  };
})()`;

interface Drawn {
  readonly tiles: readonly { readonly name: string; readonly area: number; readonly inside: boolean; readonly colour: string }[];
  readonly wide: boolean;
  readonly paper: string;
  readonly ink: string;
}

// The page must be seen as people see it; a machine without Chromium cannot show that.
describe.skipIf(chromium === undefined)("the page in a browser", () => {
  let browser: Browser;
  beforeAll(() => {
    browser = new Browser(chromium ?? "");
  });
  afterAll(async () => {
    await browser.close();
    cleanUp();
  });

  it("draws every file in its share, tells what grew by its colour, and asks for nothing", async () => {
    const before = built({ "dist/app.js": 60_000, "dist/lib/vendor.js": 30_000, "dist/lib/small.js": 9_000 });
    const after = built({
      "dist/app.js": 60_000,
      "dist/lib/vendor.js": 45_000,
      "dist/lib/small.js": 6_000,
      'dist/<img src="x">&.js': 9_000,
    });
    const run = await compared(before, after, { compression: "none" });
    const file = (run.outputs["report"] ?? "").replace(/json$/, "html");
    const visit = await browser.visit(file, tiles);
    expect(visit.requests).toHaveLength(1);
    expect(visit.errors).toEqual([]);
    const drawn = visit.value as Drawn;
    expect(drawn.wide).toBe(false);
    expect(drawn.tiles.every(({ inside }) => inside)).toBe(true);
    const tile = (name: string): Drawn["tiles"][number] =>
      drawn.tiles.find((each) => each.name.startsWith(name)) ?? drawn.tiles[0] ?? expect.fail(name);
    expect(drawn.tiles).toHaveLength(4);
    expect(tile("app.js").area / tile('<img src="x">').area).toBeGreaterThan(4);
    expect(tile("vendor.js").area).toBeGreaterThan(tile("small.js").area * 3);
    expect(tile("vendor.js").colour).not.toBe(tile("small.js").colour);
    expect(tile("app.js").colour).not.toBe(tile("vendor.js").colour);
  });

  it("is dark where the reader's system is", async () => {
    const run = await compared(built({ "dist/app.js": 10 }), built({ "dist/app.js": 20 }), { compression: "none" });
    const file = (run.outputs["report"] ?? "").replace(/json$/, "html");
    const [light, dark] = [await browser.visit(file, tiles, "light"), await browser.visit(file, tiles, "dark")].map(
      ({ value }) => value as Drawn,
    );
    expect(light?.paper).toBe("rgb(255, 255, 255)");
    expect([dark?.paper, dark?.ink]).not.toEqual([light?.paper, light?.ink]);
  });
});
