import { lookup, Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { codeOf } from "../../frame/errors.ts";
import { mayAsk } from "../addresses.ts";
import type { AllowPrivate } from "../model.ts";
import { type Deadline, ProbeFailure } from "./failure.ts";

export interface Resolved {
  readonly address: string;
  readonly family: number;
}

/** Names to addresses, of which only those that may be asked are given. A name is looked up anew for each connection, and the connection goes to the address that was checked. */
export async function resolveHost(host: string, allow: AllowPrivate, deadline: Deadline): Promise<readonly Resolved[]> {
  const bare = host.replace(/^\[|\]$/g, "");
  const all = isIP(bare) > 0 ? [{ address: bare, family: isIP(bare) }] : await lookUp(bare, deadline);
  const open = all.filter(({ address }) => mayAsk(address, allow));
  if (open.length === 0) {
    const shown = all
      .map(({ address }) => address)
      .join(", ")
      .slice(0, 100);
    throw new ProbeFailure(
      "address.private",
      `${bare.slice(0, 100)} is ${shown}, which is private, link-local or for metadata; \`allow-private\` can allow it`,
      {
        status: "unknown",
        refused: true,
      },
    );
  }
  return open;
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: "dns.nxdomain",
  ENODATA: "dns.nodata",
  ESERVFAIL: "dns.servfail",
  EREFUSED: "dns.refused",
  ETIMEOUT: "dns.timeout",
  ETIMEDOUT: "dns.timeout",
  ECONNREFUSED: "dns.unreachable",
};

interface Asking {
  readonly answer: Promise<readonly Resolved[]>;
  /** Whether all threads of the system's resolver were busy with other names when it was asked. */
  readonly queued: boolean;
}

const running = new Map<string, Asking>();

/** Look-ups that can run at once. */
function threads(): number {
  const given = Number(process.env.UV_THREADPOOL_SIZE ?? "");
  return Number.isInteger(given) && given > 0 ? given : 4;
}

function ask(host: string): Asking {
  const known = running.get(host);
  if (known !== undefined) return known;
  const answer = lookup(host, { all: true, verbatim: true }).finally(() => running.delete(host));
  const asking = { answer, queued: running.size >= threads() };
  running.set(host, asking);
  return asking;
}

async function lookUp(host: string, deadline: Deadline): Promise<readonly Resolved[]> {
  const name = host.slice(0, 100);
  // Targets on one host ask once at a time: the system's resolver has few threads.
  const { answer, queued } = ask(host);
  const late = (): ProbeFailure =>
    queued
      ? new ProbeFailure("runner.resources", `the name ${name} had to wait for others that are resolved slowly`, { status: "unknown" })
      : new ProbeFailure("dns.timeout", `the name ${name} was not resolved in time`);
  try {
    return await deadline.race(answer, late);
  } catch (error) {
    if (error instanceof ProbeFailure) throw error;
    const reason = await reasonOf(codeOf(error), host, deadline);
    throw new ProbeFailure(reason, `the name ${name} does not resolve (${reason})`, {
      facts: reason === "dns.nxdomain" ? { rcode: "NXDOMAIN" } : {},
    });
  }
}

async function reasonOf(code: string | undefined, host: string, deadline: Deadline): Promise<string> {
  if (/(^|\.)invalid\.?$/i.test(host)) return "dns.nxdomain";
  const why = await whyNot(host, deadline);
  // The system's resolver calls a name without addresses one that is not there.
  return code === "ENOTFOUND" && why !== "dns.nodata" ? "dns.nxdomain" : why;
}

/** The system's resolver says "try again" for several things: the name server itself is asked which. */
async function whyNot(host: string, deadline: Deadline): Promise<string> {
  const resolver = new Resolver({ timeout: Math.max(1, Math.min(2_000, Math.floor(deadline.left / 2))), tries: 1 });
  try {
    await deadline.race(resolver.resolve4(host), () => new ProbeFailure("dns.timeout", "late"));
    return "dns.error";
  } catch (error) {
    resolver.cancel();
    return error instanceof ProbeFailure ? error.reason : (reasons[codeOf(error) ?? ""] ?? "dns.error");
  }
}
