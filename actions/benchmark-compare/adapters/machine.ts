import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { arch, availableParallelism, cpus, loadavg, platform } from "node:os";
import { setFlagsFromString } from "node:v8";
import type { Machine } from "../src/ports.ts";

/** Tells what this machine is and how quick it is just now. */
export function openMachine(): Machine {
  return {
    async facts() {
      const cpu = (cpus()[0]?.model ?? "unknown").replace(/\s+/g, " ").trim();
      const cores = availableParallelism();
      const system = `${platform()}/${arch()}`;
      const image = process.env.ImageOS ?? "";
      return { cpu, cores, system, class: [cpu, String(cores), system, image].filter((part) => part !== "").join(", ") };
    },
    ruler: async () => measureRuler(),
    async spareMemory() {
      // V8 doubles the room for new objects while many of them live on, to three times 32 MB here; what a file's rows become does live on.
      setFlagsFromString("--semi-space-growth-factor=1");
    },
    async pressure() {
      const [stolen, total] = await ticks();
      return { stolen, total, load: loadavg()[0] ?? 0 };
    },
  };
}

async function ticks(): Promise<[number, number]> {
  const text = await readFile("/proc/stat", "utf8").catch(() => "");
  const numbers = (/^cpu\s+(.*)$/m.exec(text)?.[1] ?? "").split(/\s+/).map(Number);
  const total = numbers.slice(0, 8).reduce((sum, value) => sum + value, 0);
  return [numbers[7] ?? 0, total];
}

const repeats = 9;

/** The quickest of some: whole numbers, floating point and memory, a few milliseconds each. */
function measureRuler(): number {
  let best = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const start = process.hrtime.bigint();
    work();
    best = Math.min(best, Number(process.hrtime.bigint() - start));
  }
  return best;
}

const block = Buffer.alloc(2 ** 20, 7);

function work(): void {
  const numbers = new Float64Array(200_000);
  let state = 1;
  for (let index = 0; index < numbers.length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    numbers[index] = Math.sqrt(Math.abs(state));
  }
  numbers.sort();
  createHash("sha256").update(block).digest();
}
