import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { squarify, treeOf } from "../../../actions/bundle-size/src/treemap.ts";

describe("the treemap", () => {
  it("has areas as the sizes are, inside the whole, and no two tiles overlap", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(sizes, fc.double({ min: 0.2, max: 5, noNaN: true }), (given, aspect) => {
        const nodes = [...given].sort((a, b) => b - a).map((size, index) => ({ name: `${index}`, size, children: [] }));
        const tiles = squarify(nodes, aspect);
        const total = given.reduce((sum, size) => sum + size, 0);
        expect(tiles).toHaveLength(nodes.length);
        for (const { node, left, top, width, height } of tiles) {
          expect((width * height) / 10_000).toBeCloseTo(node.size / total, 6);
          expect(Math.min(left, top)).toBeGreaterThanOrEqual(-1e-6);
          expect(Math.max(left + width, top + height)).toBeLessThanOrEqual(100 + 1e-6);
        }
        for (const [index, a] of tiles.entries()) {
          for (const b of tiles.slice(index + 1)) {
            const across = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
            const down = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
            expect(Math.min(across, down)).toBeLessThanOrEqual(1e-6);
          }
        }
      }),
    );
  });

  it("joins folders that hold one thing, and adds sizes and growth up", () => {
    const tree = treeOf([
      { path: "dist/assets/a.js", size: 10, growth: 4 },
      { path: "dist/assets/b.js", size: 30, growth: -1 },
      { path: "dist/empty.js", size: 0 },
    ]);
    expect(tree).toMatchObject({ name: "dist/assets", size: 40, growth: 3 });
    expect(tree.children.map(({ name }) => name)).toEqual(["b.js", "a.js"]);
  });

  it("survives names that objects have", () => {
    expect(
      treeOf([
        { path: "__proto__/constructor", size: 1 },
        { path: "__proto__/x", size: 2 },
      ]).size,
    ).toBe(3);
  });
});
