import { UserError } from "../../../packages/frame/errors.ts";
import { numberAt, textAt } from "../../../packages/ledger/adapters/access.ts";
import type { Provider } from "../src/ports.ts";
import type { Opening } from "./opening.ts";

const askTimeout = 60_000;
const rollbackMinutes = 10;

interface Revision {
  readonly number: number;
  readonly status: string;
  /** The revision that this one is a copy of, where a rollback made it. */
  readonly copyOf: number | undefined;
  /** A rollback made it, or tried to. */
  readonly rollback: boolean;
}

/** Revisions of a Helm release. A rollback makes a new revision with an old content, so a release is known by the revision that brought it first. */
export function openHelm({ settings, exec, workingDirectory }: Opening<"helm">): Provider {
  const { release, namespace } = settings;
  const history = async (): Promise<readonly Revision[]> => {
    const args = ["history", release, "--namespace", namespace, "--max", "256", "--output", "json"];
    const { exitCode, stdout, stderr } = await exec.run("helm", args, { cwd: workingDirectory, timeout: askTimeout });
    if (exitCode !== 0) throw new UserError(`helm history failed: ${lastLine(stderr)}.`, { exitCode: 3 });
    return revisionsOf(stdout);
  };
  const run = async (): Promise<{ readonly first: string; readonly newest: Revision }> => {
    const all = await history();
    const newest = all.at(-1);
    if (newest === undefined) throw new UserError(`helm knows no revision of ${release}.`, { exitCode: 3 });
    return { first: String(firstOf(all, newest.number)), newest };
  };
  return {
    async current() {
      const { first, newest } = await run();
      return { release: first, others: [], commit: "", rollback: newest.rollback };
    },
    async resolve(name) {
      return /^\d{1,9}$/.test(name) ? String(firstOf(await history(), Number(name))) : name;
    },
    commitOf: async () => "",
    async look(to) {
      const found = (await history()).find(({ number }) => String(number) === to);
      if (found === undefined) return { present: false, why: `helm does not know revision ${to} of ${release} any more` };
      const usable = found.status === "deployed" || found.status === "superseded";
      return { present: usable, why: `revision ${to} is ${found.status}` };
    },
    credentials: async () => undefined,
    steps: async (from, to) => [
      {
        kind: "rollback",
        what: `roll the Helm release ${release} in ${namespace} back to revision ${to}`,
        undo: `roll it to revision ${from}`,
        with: { release, namespace, from, to },
      },
    ],
    async apply(step, _, guard) {
      const { from = "", to = "" } = step.with;
      const { first, newest } = await run();
      if (first === to && newest.status === "deployed") return { result: "already", why: `revision ${to} runs` };
      if (first !== from && first !== to) return { result: "conflict", why: `revision ${first} runs, and neither ${from} nor ${to}` };
      await guard();
      const args = ["rollback", release, to, "--namespace", namespace, "--wait", "--timeout", `${rollbackMinutes}m0s`];
      const { exitCode, stderr } = await exec.run("helm", args, { cwd: workingDirectory, timeout: (rollbackMinutes + 1) * 60_000 });
      if (exitCode === 0) return { result: "done", why: `rolled back to revision ${to}` };
      const ended = (await run()).newest;
      // helm has tried, and a second try would do the same: a person has to look.
      if (ended.number > newest.number && ended.status === "failed")
        return { result: "conflict", why: `helm could not carry it out: ${lastLine(stderr)}` };
      throw new UserError(`helm rollback failed: ${lastLine(stderr)}. Run it again to go on.`, { exitCode: 3 });
    },
    async settled({ to }) {
      const { first, newest } = await run();
      const ok = first === to && newest.status === "deployed";
      return { ok, why: ok ? `revision ${to} runs (as ${newest.number})` : `revision ${first} is ${newest.status}, and ${to} should run` };
    },
  };
}

/** Follows `Rollback to N` to the revision that was no rollback. */
function firstOf(all: readonly Revision[], number: number): number {
  let now = number;
  for (let steps = 0; steps < all.length; steps++) {
    const copyOf = all.find((revision) => revision.number === now)?.copyOf;
    if (copyOf === undefined || copyOf >= now) break;
    now = copyOf;
  }
  return now;
}

function revisionsOf(stdout: Uint8Array): readonly Revision[] {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(stdout));
  } catch {
    throw new UserError("helm history did not answer with JSON.", { exitCode: 3 });
  }
  const entries = Array.isArray(value) ? (value as readonly unknown[]) : [];
  return entries
    .map((entry) => {
      const description = textAt(entry, "description");
      const copyOf = /^Rollback to (\d{1,9})$/.exec(description)?.[1];
      return {
        number: numberAt(entry, "revision") ?? 0,
        status: textAt(entry, "status"),
        copyOf: copyOf === undefined ? undefined : Number(copyOf),
        rollback: /^Rollback (?:to \d|")/.test(description),
      };
    })
    .sort((a, b) => a.number - b.number);
}

function lastLine(stderr: string): string {
  return (stderr.trim().split("\n").at(-1) ?? "").slice(0, 300).replace(/\.$/, "");
}
