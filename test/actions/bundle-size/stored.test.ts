import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sampleOf } from "../../../actions/bundle-size/src/features.ts";
import { equally, likeness } from "../../../actions/bundle-size/src/likeness.ts";
import { SizeCache } from "../../../actions/bundle-size/src/measure.ts";
import type { Build } from "../../../actions/bundle-size/src/model.ts";
import { readStored, toStored } from "../../../actions/bundle-size/src/stored.ts";
import { code } from "../../bundles/bundle-size/gate.ts";

const versions = { node: "24.0.0", zlib: "1.3", brotli: "1.2", zstd: "1.5" };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const sha = (digit: string): string => digit.repeat(43);

function build(): Build {
  return {
    versions,
    files: [
      { path: "a-BqqDzcUh.js", sha256: sha("a"), sizes: { none: 9, gzip: 29 }, sample: sampleOf(bytes(code("cart", 40))) },
      { path: "b.css", sha256: sha("b"), sizes: { none: 1, gzip: 21 } },
    ],
    modules: [{ path: "node_modules/x/i.js", package: "x", size: 7 }],
    contents: new Map([["a-BqqDzcUh.js", new Map([["node_modules/x/i.js", 7]])]]),
    overhead: -3,
  };
}

describe("what is kept of a build", () => {
  it("comes back as it was, through JSON", () => {
    const past = readStored(JSON.parse(JSON.stringify(toStored(build(), new Set(["b.css"])))));
    expect(past).toEqual({ ...build(), initial: new Set(["b.css"]) });
  });

  it("of a large file a sample is enough to recognise it", () => {
    const whole = sampleOf(bytes(code("cart", 3000)));
    const stored = toStored(
      { versions, files: [{ path: "a-BqqDzcUh.js", sha256: sha("a"), sizes: { none: 1 }, sample: whole }] },
      undefined,
    );
    const [file] = readStored(JSON.parse(JSON.stringify(stored)))?.files ?? [];
    expect(file?.sample?.hashes).toHaveLength(256);
    if (file?.sample === undefined) throw new Error("the sample is gone");
    expect(likeness(file.sample, whole, equally)).toMatchObject({ share: 1, inner: 1 });
    expect(likeness(file.sample, sampleOf(bytes(code("other", 3000))), equally).share).toBeLessThan(0.3);
  });

  it("any one value of another kind makes all of it worthless", () => {
    const good = JSON.parse(JSON.stringify(toStored(build(), new Set(["b.css"])))) as Record<string, unknown>;
    const spoilt: readonly Record<string, unknown>[] = [
      { ...good, format: 2 },
      { ...good, versions: { ...versions, zlib: 1 } },
      { ...good, contents: {} },
      { ...good, contents: [["a", 1, 7]] },
      { ...good, contents: [["a", 0]] },
      { ...good, contents: [["a", 0, -7]] },
      { ...good, contents: [[7, 0, 7]] },
      { ...good, files: [["a", sha("a"), -1, null, null, null]] },
      { ...good, files: [["a", "short", 1, null, null, null]] },
      { ...good, files: [["a", sha("a"), 1, 0.5, null, null]] },
      { ...good, files: [["a", sha("a"), 1, null, null, null, "+####"]] },
      {
        ...good,
        files: [
          ["a", sha("a"), 1, null, null, null],
          ["a", sha("b"), 1, null, null, null],
        ],
      },
      { ...good, modules: [["x", "y", "7"]] },
      { ...good, initial: [7] },
      { ...good, overhead: "1" },
    ];
    for (const data of spoilt) expect(readStored(data), JSON.stringify(data).slice(0, 200)).toBeUndefined();
    fc.assert(fc.property(fc.jsonValue(), (value) => readStored(value) === undefined));
  });
});

describe("sizes by content", () => {
  it("are those of one library version, and survive JSON", () => {
    const cache = new SizeCache();
    cache.addJson(JSON.parse(JSON.stringify(SizeCache.toJson(build()))));
    expect(cache.get(sha("a"), "gzip", versions)).toBe(29);
    expect(cache.get(sha("a"), "gzip", { ...versions, zlib: "1.4" })).toBeUndefined();
    expect(cache.get(sha("a"), "brotli", versions)).toBeUndefined();
    expect(cache.get(sha("c"), "gzip", versions)).toBeUndefined();
  });

  it("take nothing that is no size", () => {
    const cache = new SizeCache();
    cache.addJson([["x gzip 1.3", -1], ["x gzip 1.3", "5"], "x", null, [7, 7]]);
    cache.addJson({ x: 1 });
    expect(cache.get("x", "gzip", versions)).toBeUndefined();
  });
});
