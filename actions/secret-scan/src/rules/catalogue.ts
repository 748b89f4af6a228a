import type { Rule } from "../model.ts";
import { clouds } from "./clouds.ts";
import { codeHosts } from "./code-hosts.ts";
import { generic } from "./generic.ts";
import { intelligence } from "./intelligence.ts";
import { messaging } from "./messaging.ts";
import { payments } from "./payments.ts";
import { services } from "./services.ts";

/** The built-in rules. Where two find the same text, the earlier one is told. */
export const catalogue: readonly Rule[] = [...codeHosts, ...clouds, ...intelligence, ...payments, ...messaging, ...services, ...generic];
