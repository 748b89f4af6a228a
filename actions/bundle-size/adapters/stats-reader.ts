import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { codeOf, messageOf, UserError } from "../../../packages/frame/errors.ts";
import type { Stats, StatsReader } from "../src/model.ts";
import { statsOf, wanted } from "../src/stats/formats.ts";
import { isJsonFault, JsonPicker } from "../src/stats/pick.ts";
import { isSourceMap, statsOfSourceMap } from "../src/stats/source-map.ts";

/** Reads what bundlers say about their output, piece by piece: such files grow to a gigabyte. */
export function openStatsReader(): StatsReader {
  return {
    async read(folder, paths) {
      const all: Stats[] = [];
      for (const path of paths) all.push(await readOne(folder, path));
      return all;
    },
  };
}

async function readOne(folder: string, path: string): Promise<Stats> {
  const picked = await pick(join(folder, path), path);
  if (isSourceMap(picked)) return readSourceMap(folder, path, picked);
  const stats = statsOf(path, picked);
  if (stats !== undefined) return stats;
  if (tellsNoAssets(picked))
    throw new UserError(`stats: ${path} is of webpack or Rspack and tells no assets. Build with \`stats: "normal"\` in its configuration.`);
  throw new UserError(
    `stats: ${path} is none of these: metafile of esbuild or Bun, stats of webpack or Rspack, Vite manifest, raw data of rollup-plugin-visualizer, source map.`,
  );
}

/** What remains of `--json` where little is asked for: counts of errors, or a version and a hash. */
function tellsNoAssets(picked: unknown): boolean {
  return typeof picked === "object" && picked !== null && "errorsCount" in picked && "warningsCount" in picked;
}

async function pick(absolute: string, path: string): Promise<unknown> {
  const picker = new JsonPicker(wanted);
  try {
    for await (const chunk of createReadStream(absolute, { highWaterMark: 2 ** 18 })) picker.write(chunk as Uint8Array);
    return picker.end();
  } catch (error) {
    if (isJsonFault(error))
      throw new UserError(`stats: ${path} is torn or no JSON: ${error.message} at byte ${error.offset}.`, { cause: error });
    throw new UserError(`stats: ${path} cannot be read: ${codeOf(error) ?? messageOf(error)}.`, { cause: error });
  }
}

/** The generated file is the one that the map's name says, else the one that it names itself. */
async function readSourceMap(folder: string, path: string, map: Parameters<typeof statsOfSourceMap>[1]): Promise<Stats> {
  const named = typeof map["file"] === "string" ? join(dirname(path), basename(map["file"])) : undefined;
  const candidates = [path.replace(/\.map$/, ""), ...(named === undefined ? [] : [named])].filter((each) => each !== path);
  for (const candidate of candidates) {
    const found = await stat(join(folder, candidate)).catch(() => undefined);
    if (found?.isFile() !== true) continue;
    try {
      return statsOfSourceMap(path, map, { path: candidate, text: await readFile(join(folder, candidate), "utf8") });
    } catch (error) {
      throw new UserError(`stats: ${path} does not fit ${candidate}: ${messageOf(error)}.`, { cause: error });
    }
  }
  throw new UserError(`stats: ${path} is a source map, and the file that it belongs to is not beside it.`);
}
