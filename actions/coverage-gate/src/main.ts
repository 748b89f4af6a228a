import { start } from "../../../packages/frame/adapters/start.ts";
import { openReader } from "../adapters/reader.ts";
import manifest from "./manifest.ts";
import { run } from "./run.ts";

await start({ manifest, run, bind: (ports) => ({ reports: openReader(ports.files, ports.log) }) });
