import type { Exec, Files, Log } from "../../../packages/frame/ports.ts";

/** What a scan needs of the world. */
export interface ScannerOptions {
  readonly files: Files;
  readonly exec: Exec;
  readonly log: Log;
}
