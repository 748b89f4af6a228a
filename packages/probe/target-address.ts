import { didYouMean } from "../frame/nearest.ts";
import { type Kind, kinds, type TargetDefaults } from "./model.ts";
import { splitAddress } from "./secrets.ts";
import { type Entry, show } from "./target-entry.ts";

/** Where a target is: its kind, and what that kind needs to know of its place. */

const needsHost = new Set<Kind>(["http", "https", "tcp", "tls", "dns", "ws", "wss", "grpc", "grpcs", "postgres", "redis", "rediss"]);

export interface Address {
  readonly kind: Kind;
  readonly url: string;
  readonly shown: string;
  readonly secrets: readonly string[];
}

const otherNames: ReadonlyMap<string, Kind> = new Map([
  ["postgresql", "postgres"],
  ["k8s", "kubernetes"],
]);

export function readAddress(entry: Entry): Address | undefined {
  const url = entry.text("url");
  const named = entry.text("kind");
  if (url === undefined && named === undefined)
    return entry.refuse("url", "is missing. Allowed: an address, or `kind:` for kinds without one.");
  const split = splitAddress(url ?? "");
  const scheme = (/^([a-z][a-z0-9+.-]*):/i.exec(url ?? "")?.[1] ?? "").toLowerCase();
  const spelled = named ?? otherNames.get(scheme) ?? scheme;
  const kind = kinds.find((known) => known === spelled);
  if (kind === undefined) {
    const key = named === undefined ? "url" : "kind";
    return entry.refuse(
      key,
      `${show(named ?? split.shown)} is of no kind that is known.${didYouMean(spelled, kinds)} Allowed: ${kinds.join(", ")}.`,
    );
  }
  const contradicts = named !== undefined && url !== undefined && kind !== "prometheus" && (otherNames.get(scheme) ?? scheme) !== kind;
  if (contradicts) return entry.refuse("kind", `is ${kind}, but the address is of ${show(scheme)}. Allowed: one of both.`);
  const why = needsHost.has(kind) ? whyNoHost(url, kind) : undefined;
  if (why !== undefined) return entry.refuse("url", `${show(split.shown)} ${why}`);
  return { kind, url: url ?? "", shown: split.shown, secrets: split.secrets };
}

function whyNoHost(url: string | undefined, kind: Kind): string | undefined {
  if (url === undefined) return `is missing; the kind ${kind} needs an address.`;
  if (!URL.canParse(url)) return "is no address that can be read.";
  const parsed = new URL(url);
  if (parsed.hostname === "") return "names no host.";
  return kind === "tcp" && parsed.port === "" ? `names no port. Example: ${kind}://example.com:5432` : undefined;
}

export function whereOf(entry: Entry, address: Address, defaults: TargetDefaults): string {
  if (address.kind === "prometheus") return prometheusAddress(entry, address.url, defaults);
  return address.kind === "disk" ? diskPath(entry, address.url) : kubernetesPath(entry, address);
}

function prometheusAddress(entry: Entry, url: string, defaults: TargetDefaults): string {
  const address = url === "" ? defaults.prometheus : url;
  if (address !== undefined && URL.canParse(address) && /^https?:/.test(address)) return address;
  entry.refuse(
    "kind",
    "is prometheus, but no address of Prometheus was given. Give the input `prometheus`. Example: http://prometheus:9090",
  );
  return "";
}

function diskPath(entry: Entry, url: string): string {
  const path = entry.text("path") ?? url.replace(/^disk:(\/\/)?/i, "");
  if (path === "") entry.refuse("path", "is missing. Example: disk:///var/lib");
  return path;
}

function kubernetesPath(entry: Entry, { kind, url }: Address): string {
  if (kind !== "kubernetes") return url;
  if (
    !/^(kubernetes|k8s):\/\/[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?\/(deployment|statefulset|daemonset)\/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(
      url,
    )
  )
    entry.refuse("url", `${show(url)} is no rollout. Allowed: kubernetes://<namespace>/<deployment, statefulset or daemonset>/<name>.`);
  return url;
}
