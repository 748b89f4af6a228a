import { start } from "../../../packages/frame/adapters/start.ts";
import manifest from "./manifest.ts";
import { run } from "./run.ts";

start({ manifest, run, bind: () => ({}) });
