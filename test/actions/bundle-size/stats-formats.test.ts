import { describe, expect, it } from "vitest";
import { statsOf, wanted } from "../../../actions/bundle-size/src/stats/formats.ts";
import { JsonPicker } from "../../../actions/bundle-size/src/stats/pick.ts";

/** As it is read from a file. */
function picked(stats: unknown): unknown {
  const picker = new JsonPicker(wanted);
  picker.write(new TextEncoder().encode(JSON.stringify(stats)));
  return picker.end();
}

function modules(stats: unknown) {
  return statsOf("stats.json", picked(stats))?.modules;
}

const file = (name: string, size: number) => ({ name, size });

describe("webpack's statistics", () => {
  it("what was shaken out counts for nothing", () => {
    const list = [
      { name: "./src/in.js", size: 10, chunks: [1] },
      { name: "./src/out.js", size: 90, chunks: [] },
    ];
    expect(modules({ assets: [file("a.js", 10)], chunks: [{ id: 1, files: ["a.js"] }], modules: list })).toEqual([
      { path: "src/in.js", size: 10, output: "a.js" },
    ]);
    expect(modules({ assets: [], modules: [{ name: "./src/in.js", size: 10 }] })).toEqual([{ path: "src/in.js", size: 10 }]);
  });

  it("chunks may tell their modules themselves, with or without a list of all", () => {
    const a = { name: "./src/a.js", size: 10 };
    const b = {
      name: "./src/b.js + 1 modules",
      size: 9,
      modules: [
        { name: "./src/b.js", size: 4 },
        { name: "./src/c.js", size: 5 },
      ],
    };
    const chunks = [
      { id: "x", files: ["x.js"], modules: [a, b] },
      { id: "y", files: ["y.js.map", "y.js"], modules: [a] },
    ];
    const assets = [file("x.js", 19), file("y.js", 10)];
    expect(modules({ assets, chunks })).toEqual([
      { path: "src/a.js", size: 10, output: "x.js" },
      { path: "src/b.js", size: 4, output: "x.js" },
      { path: "src/c.js", size: 5, output: "x.js" },
      { path: "src/a.js", size: 10, output: "y.js" },
    ]);
    const all = [{ ...a, chunks: ["x", "y"] }];
    expect(modules({ assets, chunks, modules: all })?.map(({ output }) => output)).toEqual(["x.js", "y.js"]);
  });

  it("styles of a chunk are in its style sheet, and names are without loaders and queries", () => {
    const list = [
      {
        name: "css ./node_modules/css-loader/dist/cjs.js!./src/a.css?x",
        nameForCondition: "/w/src/a.css",
        moduleType: "css/mini-extract",
        size: 7,
        chunks: [1],
      },
      { name: "./src/a.js", nameForCondition: "/w/src/a.js", size: 10, chunks: [1] },
      { name: "webpack/runtime/publicPath", moduleType: "runtime", size: 3, chunks: [1] },
    ];
    const given = { assets: [file("a.js", 10), file("a.css", 7)], chunks: [{ id: 1, files: ["a.css", "a.js"] }], modules: list };
    expect(modules(given)).toEqual([
      { path: "src/a.js", size: 10, output: "a.js" },
      { path: "webpack/runtime", size: 3, output: "a.js" },
      { path: "src/a.css", size: 7, output: "a.css" },
    ]);
  });
});

describe("what only looks like statistics", () => {
  it.each([{ modules: {} }, { modules: 5, chunks: 5 }, { nodeParts: [], nodeMetas: [] }, { nodeParts: 1, nodeMetas: {} }, { outputs: [] }])(
    "%j holds nothing",
    (given) => {
      expect(statsOf("stats.json", picked(given))?.modules ?? []).toEqual([]);
    },
  );
});
