import { cpSync } from "node:fs";
import { join } from "node:path";
import { type World, world } from "./world.ts";

let taught: World | undefined;

/** 1.0.0 is good; 1.1.0 was deployed. The ledger is learnt once in a file and copied from then on. */
export async function bad(): Promise<World> {
  if (taught === undefined) {
    taught = world();
    taught.deploy("1.0.0");
    await taught.run({ verdict: "pass", deployment: "d1" });
  }
  const here = world();
  cpSync(join(taught.folder, ".forge"), join(here.folder, ".forge"), { recursive: true });
  here.deploy("1.1.0");
  return here;
}
