import type { Algorithm, Build, Contents, MeasuredFile, Module, Sample, Sizes, Versions } from "./model.ts";
import { shapeOf } from "./names.ts";

/** How many hashes of a file's sample are kept: enough to recognise it, little enough for thousands of files. */
const storedSample = 256;
const mostSamples = 4000;
/** Beyond this many parts of files it is not kept which file holds which module. */
const mostParts = 150_000;
const format = 1;

/** What is kept of a build, as JSON. Files and modules are lists, because paths make poor keys. */
export interface Stored {
  readonly format: typeof format;
  readonly versions: Versions;
  /** Sums, for the trend. */
  readonly totals: Sizes;
  readonly files: readonly StoredFile[];
  readonly modules?: readonly (readonly [path: string, packageName: string, size: number])[];
  /** What files hold, in bytes by the module's place in `modules`: `[path, place, bytes, place, bytes, …]`. */
  readonly contents?: readonly (readonly [path: string, ...parts: number[]])[];
  readonly overhead?: number;
  /** Paths that a first visit loads. */
  readonly initial?: readonly string[];
}

type StoredFile = readonly [
  path: string,
  sha256: string,
  none: number,
  gzip: number | null,
  brotli: number | null,
  zstd: number | null,
  /** `+` before it: nothing was left out. */
  sample?: string,
];

/** A build of the past. */
export interface Past extends Build {
  readonly initial?: ReadonlySet<string>;
}

const compressed = ["gzip", "brotli", "zstd"] as const;

export function toStored(build: Build, initial: ReadonlySet<string> | undefined): Stored {
  let room = mostSamples;
  const files = build.files.map((file): StoredFile => {
    const { path, sha256, sizes, sample } = file;
    const [gzip, brotli, zstd] = compressed.map((algorithm) => sizes[algorithm] ?? null);
    const row = [path, sha256, sizes.none, gzip ?? null, brotli ?? null, zstd ?? null] as const;
    return sample === undefined || room-- <= 0 ? row : [...row, encodeSample(sample)];
  });
  const modules = build.modules?.map((module) => [module.path, module.package, module.size] as const);
  return {
    format,
    versions: build.versions,
    totals: totalsOf(build.files),
    files,
    ...(modules === undefined ? {} : { modules }),
    ...storedContents(build),
    ...(build.overhead === undefined ? {} : { overhead: build.overhead }),
    ...(initial === undefined ? {} : { initial: [...initial].sort() }),
  };
}

function storedContents({ modules = [], contents }: Build): Pick<Stored, "contents"> {
  if (contents === undefined || [...contents.values()].reduce((sum, { size }) => sum + size, 0) > mostParts) return {};
  const places = new Map(modules.map(({ path }, index) => [path, index]));
  return {
    contents: [...contents].map(
      ([path, inside]) => [path, ...[...inside].flatMap(([module, size]) => [places.get(module) ?? -1, size])] as const,
    ),
  };
}

/** Sums of what every file has. */
export function totalsOf(files: readonly MeasuredFile[]): Sizes {
  const none = files.reduce((sum, { sizes }) => sum + sizes.none, 0);
  const sums = compressed.flatMap((algorithm) => {
    if (!files.every(({ sizes }) => sizes[algorithm] !== undefined)) return [];
    return [[algorithm, files.reduce((sum, { sizes }) => sum + (sizes[algorithm] ?? 0), 0)] as const];
  });
  return { none, ...Object.fromEntries(sums) };
}

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Six digits of 64 for each hash. */
function encodeSample({ hashes, complete }: Sample): string {
  let text = complete && hashes.length <= storedSample ? "+" : "";
  for (const hash of hashes.subarray(0, storedSample)) {
    for (let shift = 30; shift >= 0; shift -= 6) text += digits[Math.floor(hash / 2 ** shift) % 64] ?? "";
  }
  return text;
}

function decodeSample(text: string): Sample | undefined {
  const complete = text.startsWith("+");
  const body = complete ? text.slice(1) : text;
  if (body.length % 6 !== 0 || body.length > storedSample * 6) return undefined;
  const hashes = new Uint32Array(body.length / 6);
  for (let index = 0; index < hashes.length; index++) {
    let value = 0;
    for (let at = 0; at < 6; at++) {
      const digit = digits.indexOf(body.charAt(index * 6 + at));
      if (digit === -1) return undefined;
      value = value * 64 + digit;
    }
    if (value >= 2 ** 32 || value <= (index === 0 ? -1 : (hashes[index - 1] ?? 0))) return undefined;
    hashes[index] = value;
  }
  return { hashes, complete };
}

/** A stored build as it should be; `undefined` for anything else: a store can be torn, or written by others. */
export function readStored(data: unknown): Past | undefined {
  if (!isRecord(data) || data["format"] !== format || !isVersions(data["versions"]) || !Array.isArray(data["files"])) return undefined;
  const files = data["files"].map(readFile).filter((file) => file !== undefined);
  if (files.length !== data["files"].length || new Set(files.map(({ path }) => path)).size !== files.length) return undefined;
  const modules = readModules(data["modules"]);
  const { initial, overhead } = data;
  if (overhead !== undefined && !Number.isSafeInteger(overhead)) return undefined;
  const contents = readContents(data["contents"], modules ?? []);
  if (contents === null || modules === null || (initial !== undefined && !isTexts(initial))) return undefined;
  return {
    files,
    versions: data["versions"],
    ...(modules === undefined ? {} : { modules }),
    ...(contents === undefined ? {} : { contents }),
    ...(typeof overhead === "number" ? { overhead } : {}),
    ...(initial === undefined ? {} : { initial: new Set(initial) }),
  };
}

function readFile(value: unknown): MeasuredFile | undefined {
  if (!Array.isArray(value)) return undefined;
  const [path, sha256, none, gzip, brotli, zstd, text]: unknown[] = value;
  if (typeof path !== "string" || typeof sha256 !== "string" || !/^[\w-]{43}$/.test(sha256) || !isCount(none)) return undefined;
  const others = [gzip, brotli, zstd];
  if (!others.every((size) => size === null || isCount(size))) return undefined;
  const sizes = Object.fromEntries(compressed.flatMap((algorithm, index) => (others[index] === null ? [] : [[algorithm, others[index]]])));
  const sample = typeof text === "string" ? decodeSample(text) : undefined;
  if (text !== undefined && sample === undefined) return undefined;
  return { path, sha256, sizes: { none, ...sizes }, ...(sample === undefined ? {} : { sample }) };
}

/** `null` for what is no list of modules. */
function readModules(value: unknown): Module[] | undefined | null {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) return null;
  const modules = value.map((item: unknown): Module | undefined => {
    const [path, name, size]: unknown[] = Array.isArray(item) ? item : [];
    return typeof path === "string" && typeof name === "string" && isCount(size) ? { path, package: name, size } : undefined;
  });
  const whole = modules.filter((module) => module !== undefined);
  return whole.length === modules.length ? whole : null;
}

/** `null` for what speaks of no module. */
function readContents(value: unknown, modules: readonly Module[]): Contents | undefined | null {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) return null;
  const contents = new Map<string, Map<string, number>>();
  for (const row of value as readonly unknown[]) {
    const [path, ...parts]: unknown[] = Array.isArray(row) ? row : [];
    const inside = readParts(parts, modules);
    if (typeof path !== "string" || inside === undefined) return null;
    contents.set(path, inside);
  }
  return contents;
}

function readParts(parts: readonly unknown[], modules: readonly Module[]): Map<string, number> | undefined {
  if (parts.length % 2 !== 0) return undefined;
  const inside = new Map<string, number>();
  for (let at = 0; at < parts.length; at += 2) {
    const place = parts[at];
    const size = parts[at + 1];
    const module = isCount(place) ? modules[place] : undefined;
    if (module === undefined || !isCount(size)) return undefined;
    inside.set(module.path, size);
  }
  return inside;
}

function isVersions(value: unknown): value is Versions {
  return isRecord(value) && ["node", "zlib", "brotli", "zstd"].every((key) => typeof value[key] === "string");
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The version of the library that makes the sizes of a compression. */
export function libraryOf(versions: Versions, algorithm: Algorithm): string {
  if (algorithm === "none") return "";
  return algorithm === "gzip" ? versions.zlib : versions[algorithm];
}

/** Names without a hash are recognised as they are; only the others need a sample of their content. */
export function needsSample(path: string): boolean {
  return shapeOf(path).parts.length > 0;
}
