/** How a size is told: as the file is, or compressed as a server would. Node's own zlib: gzip level 9, brotli 11, zstd 3 in one go. */
export const algorithms = ["none", "gzip", "brotli", "zstd"] as const;
export type Algorithm = (typeof algorithms)[number];

/** Bytes. `none` is always there. */
export type Sizes = Readonly<{ none: number } & Partial<Record<Exclude<Algorithm, "none">, number>>>;

/** What compressed sizes depend on besides the content. */
export interface Versions {
  readonly node: string;
  readonly zlib: string;
  readonly brotli: string;
  /** Empty where this Node has no zstd. */
  readonly zstd: string;
}

/** A sample of what a file holds: the lowest hashes of its words, ascending. Two samples are comparable below the lower of both ends. */
export interface Sample {
  readonly hashes: Uint32Array;
  /** No hash was left out. */
  readonly complete: boolean;
}

export interface Digest {
  readonly path: string;
  /** Of the content, base64url. */
  readonly sha256: string;
  readonly bytes: number;
  readonly sample?: Sample;
}

export interface MeasuredFile {
  readonly path: string;
  readonly sha256: string;
  readonly sizes: Sizes;
  readonly sample?: Sample;
}

/** One folder of built files at one time. */
export interface Build {
  readonly files: readonly MeasuredFile[];
  readonly versions: Versions;
  readonly modules?: readonly Module[];
  /** By path, what of each module a measured file holds: bytes by the module's path. */
  readonly contents?: Contents;
  /** Bytes of the output that belong to no module: the bundler's own code, or less than nothing where modules are told before they are minified. */
  readonly overhead?: number;
}

export type Contents = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** A module as a bundler or a source map tells it, in bytes of the output (of the source, where the bundler knows no more). */
export interface Module {
  readonly path: string;
  /** `lodash`, `@babel/runtime`; empty for the project's own. */
  readonly package: string;
  readonly size: number;
}

export interface Job {
  readonly path: string;
  readonly algorithm: Exclude<Algorithm, "none">;
  readonly bytes: number;
}

export interface FoundFiles {
  /** Relative to the folder, sorted. */
  readonly paths: readonly string[];
  /** Globs that matched no file. */
  readonly unmatched: readonly string[];
}

/** Reads and compresses files of a folder (absolute). All errors are `UserError`s that name the file. */
export interface Sizer {
  /** Refuses what is no file: folders given as files, links that lead nowhere or out of `root`. */
  find(folder: string, root: string, patterns: readonly string[]): Promise<FoundFiles>;
  /** Gives samples of the files in `sampled`. */
  read(folder: string, paths: readonly string[], sampled: readonly string[]): Promise<readonly Digest[]>;
  /** Bytes of each job, in order. */
  compress(folder: string, jobs: readonly Job[]): Promise<readonly number[]>;
  versions(): Promise<Versions>;
}

/** A file that the bundler wrote, with what it says about it. */
export interface StatsOutput {
  readonly path: string;
  readonly bytes?: number;
  readonly entry: boolean;
  /** Paths of outputs that are loaded with this one: static imports and style sheets. */
  readonly imports: readonly string[];
}

export interface StatsModule {
  readonly path: string;
  readonly size: number;
  /** The output that holds it, where the format says. */
  readonly output?: string;
}

export interface Stats {
  readonly source: string;
  readonly format: "esbuild" | "webpack" | "vite" | "visualizer" | "source-map";
  readonly outputs: readonly StatsOutput[];
  /** Each module once for every output that holds it; paths as the bundler wrote them. */
  readonly modules: readonly StatsModule[];
  /** Bytes of the outputs that `modules` is about; `undefined` where the format does not say. */
  readonly total?: number;
}

export interface StatsReader {
  read(folder: string, paths: readonly string[]): Promise<readonly Stats[]>;
}

export type BaseBuilt<T> = { readonly built: T } | { readonly failed: string };

/** Builds another commit outside the checkout. */
export interface BaseBuilder {
  /** Runs the shell line in a worktree of `commit`, then `use` with the folder that stands for the working directory there. */
  build<T>(commit: string, line: string, use: (folder: string, root: string) => Promise<T>): Promise<BaseBuilt<T>>;
}
