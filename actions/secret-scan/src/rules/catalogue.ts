import type { Rule } from "../model.ts";
import { clouds } from "./clouds.ts";
import { codeHosts } from "./code-hosts.ts";
import { databases } from "./databases.ts";
import { generic } from "./generic.ts";
import { hosting } from "./hosting.ts";
import { infrastructure } from "./infrastructure.ts";
import { intelligence } from "./intelligence.ts";
import { messaging } from "./messaging.ts";
import { monitoring } from "./monitoring.ts";
import { payments } from "./payments.ts";
import { pipelines } from "./pipelines.ts";
import { registries } from "./registries.ts";
import { services } from "./services.ts";
import { social } from "./social.ts";
import { workspaces } from "./workspaces.ts";

/** The built-in rules. Where two find the same text, the earlier one is told. */
export const catalogue: readonly Rule[] = [
  codeHosts,
  registries,
  pipelines,
  clouds,
  hosting,
  infrastructure,
  intelligence,
  payments,
  messaging,
  social,
  databases,
  workspaces,
  monitoring,
  services,
  generic,
].flat();
