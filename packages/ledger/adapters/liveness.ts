import { readFile, readlink } from "node:fs/promises";

/** Names this process unlike any other of this machine, past or present: `<boot>/<pid namespace>/<pid>/<start>`. Empty where that cannot be told. */
export async function whoIAm(): Promise<string> {
  const place = await whereIAm();
  const start = place === "" ? "" : await startOf(process.pid);
  return start === "" ? "" : `${place}/${process.pid}/${start}`;
}

/** Whether a process of that name is surely over. One of another machine, or of another container, is not known to be. */
export async function isGone(who: string): Promise<boolean> {
  const [, place, pid, start] = /^([0-9a-f-]{36}\/\d{1,20})\/(\d{1,9})\/(\d{1,20})$/.exec(who) ?? [];
  if (place === undefined || pid === undefined || start === undefined) return false;
  return place === (await whereIAm()) && (await startOf(Number(pid))) !== start;
}

async function whereIAm(): Promise<string> {
  try {
    const boot = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
    const space = /\d{1,20}/.exec(await readlink("/proc/self/ns/pid"))?.[0];
    return space === undefined ? "" : `${boot}/${space}`;
  } catch {
    return "";
  }
}

/** When a process started, in ticks since the machine did; empty for one that is not there, or is a zombie. */
async function startOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The program's name stands in parentheses and may hold anything.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return ["Z", "X"].includes(fields[0] ?? "") ? "" : (fields[19] ?? "");
}
