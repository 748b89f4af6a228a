/**
 * What a whole process costs: wall time from start to exit, and its peak memory as the kernel counted it. Nothing is installed for it.
 *
 * The most exact meter that is here is taken: python3 (clock and `wait4` right around the process), else GNU time (`wait4`; its own start is in the wall
 * time, about a millisecond), else, on Linux, `VmHWM` of /proc while the process lives (a peak in its last milliseconds is missed), else no memory at all.
 * Peak memory is that of the largest process where the program starts further ones.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the environment of `MeasureOptions`. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface MeasureOptions {
  /** Measured runs; at least 1. */
  readonly runs: number;
  /** Runs before the first measured one; 1 by default, so that file caches are warm for everyone. */
  readonly warmUp?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Exit codes that are no error; [0] by default. */
  readonly exitCodes?: readonly number[];
}

export interface Cost {
  /** Milliseconds. */
  readonly wall: { readonly min: number; readonly median: number; readonly max: number };
  /** Each run's wall time in order: the n-th of two interleaved programs ran side by side in time. */
  readonly walls: readonly number[];
  /** The largest resident set of all runs; `undefined` where this system cannot tell. */
  readonly maxRssBytes: number | undefined;
  /** How it was measured, or what could not be. */
  readonly meter: string;
}

interface Sample {
  readonly wall: number;
  readonly rss: number | undefined;
}

interface Meter {
  readonly name: string;
  readonly sample: (program: Program, options: MeasureOptions) => Promise<Sample>;
}

/** Runs one program. Throws when a run ends with another exit code than allowed, with the end of what it printed to stderr. */
export async function measure(command: string, args: readonly string[], options: MeasureOptions): Promise<Cost> {
  const { only } = await measureInterleaved({ only: { command, args } }, options);
  return only;
}

/**
 * Runs several programs in turn (a b, b a, a b …) until each has `runs` measured runs, so that whatever disturbs the machine meets all of them
 * alike and none always comes after the same other one.
 */
export async function measureInterleaved<Name extends string>(
  programs: Readonly<Record<Name, Program>>,
  options: MeasureOptions,
): Promise<Record<Name, Cost>> {
  const names = Object.keys(programs) as Name[];
  const samples = new Map<Name, Sample[]>(names.map((name) => [name, []]));
  const meter = chooseMeter();
  const warmUp = options.warmUp ?? 1;
  for (let round = 0; round < warmUp + options.runs; round++) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      const sample = await meter.sample(programs[name], options);
      if (round >= warmUp) samples.get(name)?.push(sample);
    }
  }
  return Object.fromEntries(names.map((name) => [name, cost(samples.get(name) ?? [], meter)])) as Record<Name, Cost>;
}

function cost(samples: readonly Sample[], meter: Meter): Cost {
  const walls = samples.map((sample) => sample.wall);
  const peaks = samples.flatMap((sample) => sample.rss ?? []);
  return {
    wall: { min: Math.min(...walls), median: median(walls), max: Math.max(...walls) },
    walls,
    maxRssBytes: peaks.length === 0 ? undefined : Math.max(...peaks),
    meter: meter.name,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

let chosen: Meter | undefined;

function chooseMeter(): Meter {
  chosen ??= pythonMeter() ?? gnuTimeMeter() ?? plainMeter();
  return chosen;
}

/** Writes nanoseconds and bytes of one child to a file. macOS counts `ru_maxrss` in bytes, everybody else in kilobytes. */
const waiter = `
import os, subprocess, sys, time
start = time.perf_counter_ns()
child = subprocess.Popen(sys.argv[2:], close_fds=False)
_, status, usage = os.wait4(child.pid, 0)
end = time.perf_counter_ns()
with open(sys.argv[1], "w") as file:
    file.write("%d %d" % (end - start, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)))
os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
`;

function pythonMeter(): Meter | undefined {
  const probe = spawnSync("python3", ["-ISc", "import os, sys; os.wait4; print(sys.executable)"], { encoding: "utf8" });
  if (probe.status !== 0) return undefined;
  const python = probe.stdout.trim();
  return {
    name: "python3: clock and ru_maxrss around the process",
    sample: (program, options) =>
      withCostFile(async (file) => {
        await finish(start(python, ["-ISc", waiter, file, program.command, ...program.args], program, options), program, options);
        const [nanoseconds, bytes] = readFileSync(file, "utf8").split(" ").map(Number);
        return { wall: (nanoseconds ?? Number.NaN) / 1e6, rss: bytes };
      }),
  };
}

function gnuTimeMeter(): Meter | undefined {
  const time = "/usr/bin/time";
  if (process.platform !== "linux" || !existsSync(time)) return undefined;
  return {
    name: "GNU time: ru_maxrss; its own start is in the wall time",
    sample: (program, options) =>
      withCostFile(async (file) => {
        const args = ["--quiet", "--format=%M", `--output=${file}`, program.command, ...program.args];
        const wall = await finish(start(time, args, program, options), program, options);
        return { wall, rss: Number(readFileSync(file, "utf8")) * 1024 };
      }),
  };
}

/** Without a wrapper: the clock of this process, and /proc where there is one. */
function plainMeter(): Meter {
  const proc = existsSync("/proc/self/status");
  return {
    name: proc ? "VmHWM of /proc, every 2 ms" : `no memory: neither python3 nor GNU time nor /proc is here (${process.platform})`,
    sample: async (program, options) => {
      const child = start(program.command, program.args, program, options);
      let rss: number | undefined;
      const look = () => {
        rss = Math.max(rss ?? 0, highWaterMark(child.pid) ?? 0) || undefined;
      };
      const timer = proc ? setInterval(look, 2) : undefined;
      try {
        return { wall: await finish(child, program, options), rss };
      } finally {
        clearInterval(timer);
      }
    },
  };
}

function highWaterMark(pid: number | undefined): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+([0-9]+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

async function withCostFile<T>(use: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "forge-bench-"));
  try {
    return await use(join(folder, "cost"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function start(command: string, args: readonly string[], program: Program, options: MeasureOptions): ChildProcess {
  const cwd = program.cwd ?? options.cwd;
  return spawn(command, args, {
    env: { ...process.env, ...options.env, ...program.env },
    stdio: ["ignore", "ignore", "pipe"],
    ...(cwd === undefined ? {} : { cwd }),
  });
}

/** Milliseconds until the process ended. */
function finish(child: ChildProcess, program: Program, options: MeasureOptions): Promise<number> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    let errors = "";
    child.stderr?.on("data", (chunk) => {
      errors = (errors + chunk).slice(-4096);
    });
    let wall = 0;
    child.on("exit", () => {
      wall = performance.now() - began;
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code !== null && (options.exitCodes ?? [0]).includes(code)) resolve(wall);
      else reject(new Error(`${[program.command, ...program.args].join(" ")} ended with ${signal ?? code}:\n${errors}`));
    });
  });
}
