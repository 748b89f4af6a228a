import { describe, expect, it } from "vitest";
import { moduleNames, packageOf, placeOf, versionIn } from "../../../actions/bundle-size/src/module-paths.ts";
import { compareModules, duplicatesOf, modulesOf } from "../../../actions/bundle-size/src/modules.ts";

const place = { folder: "/w/shop/packages/app", root: "/w/shop" };

function named(paths: readonly string[]): string[] {
  return paths.map(moduleNames(paths, place));
}

describe("what a module is called", () => {
  it.each([
    ["./src/a.js", "src/a.js"],
    ["../../node_modules/x/i.js", "../../node_modules/x/i.js"],
    ["dist/../src/./a.js", "src/a.js"],
    ["/w/shop/packages/app/src/a.js", "src/a.js"],
    ["/w/shop/node_modules/x/i.js", "../../node_modules/x/i.js"],
    ["/w/shop/packages/app/node_modules/x/i.js", "node_modules/x/i.js"],
    ["\\w\\shop\\packages\\app\\src\\a.js", "src/a.js"],
    ["webpack://app/./src/a.js", "src/a.js"],
    ["webpack:///../node_modules/x/i.js", "../node_modules/x/i.js"],
    ["/src/a.js", "/src/a.js"],
    ["C:\\other\\node_modules\\x\\i.js", "node_modules/x/i.js"],
    ["__proto__", "__proto__"],
  ])("%s is %s", (told, name) => {
    expect(named([told])).toEqual([name]);
  });

  it("copies of a package in a project elsewhere stay apart, and the project's own modules keep their names without packages", () => {
    const own = "/elsewhere/src/a.js";
    expect(named([own, "/elsewhere/node_modules/x/i.js", "/elsewhere/packages/b/node_modules/x/i.js"])).toEqual([
      own,
      "node_modules/x/i.js",
      "packages/b/node_modules/x/i.js",
    ]);
    expect(named([own])).toEqual([own]);
  });
});

describe("packages", () => {
  it.each([
    ["node_modules/.pnpm/@s+p@1.2.3_react@18.0.0/node_modules/@s/p/i.js", "@s/p", "1.2.3"],
    ["node_modules/.pnpm/lodash@4.17.21/node_modules/lodash/a.js", "lodash", "4.17.21"],
    ["node_modules/.bun/x@2.0.0-rc.1/node_modules/x/a.js", "x", "2.0.0-rc.1"],
    [".yarn/cache/lodash-npm-4.17.21-6382451519.zip/node_modules/lodash/a.js", "lodash", "4.17.21"],
    ["node_modules/y/node_modules/x/a.js", "x", undefined],
  ])("%s is of %s %s", (path, name, version) => {
    expect(packageOf(path)).toBe(name);
    expect(versionIn(placeOf(path, name))).toBe(version);
  });

  it("a module that was moved by an install is the same one, and one that is there twice now has come", () => {
    const before = [{ path: "node_modules/.pnpm/x@1.0.0/node_modules/x/i.js", package: "x", size: 10 }];
    const one = { path: "node_modules/.pnpm/x@1.0.1/node_modules/x/i.js", package: "x", size: 12 };
    expect(compareModules([one], before)).toEqual([{ ...one, previousSize: 10 }]);
    const two = [one, { ...one, path: "node_modules/.pnpm/x@2.0.0/node_modules/x/i.js" }];
    expect(compareModules(two, before).map(({ size, previousSize }) => [size, previousSize])).toEqual([
      [12, 0],
      [12, 0],
      [0, 10],
    ]);
    expect(duplicatesOf(two)).toMatchObject([{ package: "x", versions: ["1.0.1", "2.0.0"], size: 24 }]);
  });

  it("beyond 50,000 modules the small ones are one for each package, and nothing is lost", () => {
    const paths = Array.from({ length: 50_005 }, (_, at) => ({ path: `node_modules/p${at % 3}/${at}.js`, size: 50_005 - at }));
    const { modules, nameOf } = modulesOf([{ source: "s", format: "esbuild", outputs: [], modules: paths }], place);
    expect(modules).toHaveLength(50_003);
    expect(modules.reduce((sum, { size }) => sum + size, 0)).toBe(paths.reduce((sum, { size }) => sum + size, 0));
    expect(nameOf("node_modules/p1/50002.js")).toBe("node_modules/p1/(smaller modules)");
  });
});
