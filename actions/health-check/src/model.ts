import type { Inputs } from "../../../packages/frame/manifest.ts";
import type { Ports } from "../../../packages/frame/ports.ts";
import type { Prober, ProberOptions } from "../../../packages/probe/model.ts";
import type manifest from "./manifest.ts";

export type HealthInputs = Inputs<typeof manifest>;

/** The world as it may be asked; loaded by the first request. */
export type OpenProber = (options: Pick<ProberOptions, "allowPrivate" | "memory">) => Prober;

export interface HealthPorts extends Pick<Ports, "log" | "baseline" | "clock"> {
  readonly openProber: OpenProber;
}
