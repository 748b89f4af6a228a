/**
 * Explains a build by a stats file of a gigabyte: `node scripts/trial/huge-stats.ts [--bytes 1000000000] [--kind metafile|webpack]`. Prints the time
 * and the peak memory; exit code 1 above 600 MB, or where the explanation is not what the file says.
 */

import { once } from "node:events";
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { parseArgs } from "node:util";
import { measure } from "../bench/whole-process.ts";

const { values } = parseArgs({
  options: { bytes: { type: "string", default: "1000000000" }, kind: { type: "string", default: "metafile" } },
});
const wanted = Number(values.bytes);
const mostMemory = 600e6;
const bundle = join(import.meta.dirname, "..", "..", "dist", "bundle-size", "index.js");
const folder = mkdtempSync(join(tmpdir(), "forge-trial-"));

/** Modules of ten packages in one chunk; what bundlers write besides, such as reasons and sources, is most of such a file. */
function* metafile(): Generator<string> {
  yield '{"inputs":{';
  let written = 0;
  for (let index = 0; written < wanted; index++) {
    const imports = Array.from({ length: 40 }, (_, other) => ({
      path: `node_modules/pkg-${other % 10}/lib/${"deep/".repeat(8)}m${other}.js`,
      kind: "import-statement",
    }));
    const text = `${index === 0 ? "" : ","}"node_modules/pkg-${index % 10}/m${index}.js":${JSON.stringify({ bytes: 100, imports })}`;
    written += text.length;
    yield text;
  }
  yield '},"outputs":{"dist/app.js":{"bytes":1000,"entryPoint":"src/main.js","imports":[],"exports":[],"inputs":{';
  for (let index = 0; index < 10; index++)
    yield `${index === 0 ? "" : ","}"node_modules/pkg-${index}/m${index}.js":{"bytesInOutput":${100 * (index + 1)}}`;
  yield "}}}}";
}

function* webpack(): Generator<string> {
  yield '{"hash":"1","assets":[{"name":"app.js","size":1000,"chunks":[1]}],"entrypoints":{"main":{"assets":[{"name":"app.js"}]}},"chunks":[{"id":1,"files":["app.js"]}],"modules":[';
  let written = 0;
  for (let index = 0; written < wanted; index++) {
    const source = "x".repeat(4000);
    const module = {
      name: `./node_modules/pkg-${index % 10}/m${index}.js`,
      size: index < 10 ? 100 * (index + 1) : 0,
      chunks: [1],
      source,
      reasons: [{ moduleName: "./src/main.js" }],
    };
    const text = `${index === 0 ? "" : ","}${JSON.stringify(module)}`;
    written += text.length;
    yield text;
  }
  yield "]}";
}

const parts = { metafile, webpack }[values.kind];
if (parts === undefined) throw new Error(`--kind is metafile or webpack, not ${values.kind}`);
try {
  mkdirSync(join(folder, "dist"));
  writeFileSync(join(folder, "dist", "app.js"), "x".repeat(1000));
  const stats = createWriteStream(join(folder, "stats.json"));
  for (const part of parts()) if (!stats.write(part)) await once(stats, "drain");
  await finished(stats.end());
  const report = join(folder, "output");
  const cost = await measure(process.execPath, [bundle], {
    runs: 1,
    warmUp: 0,
    cwd: folder,
    env: {
      ...{ GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: folder, GITHUB_OUTPUT: report, RUNNER_TEMP: folder },
      ...{ INPUT_FILES: "dist/*.js", INPUT_STATS: "stats.json", INPUT_BASELINE: "none", INPUT_COMPRESSION: "none" },
    },
  });
  const { data } = JSON.parse(readFileSync(join(folder, "forge-reports", "bundle-size.json"), "utf8")) as {
    readonly data: { readonly modules?: readonly { readonly package: string; readonly size: number }[] };
  };
  const found = data.modules?.find((module) => module.package === "pkg-9");
  const memory = cost.maxRssBytes ?? Number.NaN;
  console.log(
    `${values.kind} of ${(statSync(join(folder, "stats.json")).size / 1e6).toFixed(0)} MB: ${(cost.wall.median / 1000).toFixed(1)} s, ${(memory / 1e6).toFixed(0)} MB; pkg-9 has ${found?.size} B`,
  );
  process.exitCode = memory <= mostMemory && found?.size === 1000 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
