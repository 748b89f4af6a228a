export { openProber } from "../../../packages/probe/adapters/prober.ts";
