import type { Route } from "../route.ts";
import { actionsRoutes } from "./actions.ts";
import { checkRoutes } from "./checks.ts";
import { contentRoutes } from "./contents.ts";
import { gitRoutes } from "./git.ts";
import { issueRoutes } from "./issues.ts";
import { pullRoutes } from "./pulls.ts";
import { rateLimitRoutes } from "./rate-limit.ts";
import { repositoryRoutes } from "./repositories.ts";
import { userRoutes } from "./users.ts";

/** Every route that the fake knows; the extract of the OpenAPI description holds exactly these. */
export const routes: readonly Route[] = [
  ...userRoutes,
  ...rateLimitRoutes,
  ...issueRoutes,
  ...pullRoutes,
  ...checkRoutes,
  ...actionsRoutes,
  ...gitRoutes,
  ...contentRoutes,
  ...repositoryRoutes,
];
