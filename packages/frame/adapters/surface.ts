import type { Publication } from "../host.ts";
import type { Log } from "../ports.ts";

/** Where a result is shown: a runner's log and files, or a terminal. */
export interface Surface {
  readonly log: Log;
  publish(publication: Publication): Promise<void>;
}
