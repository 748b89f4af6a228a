import type { Route } from "../route.ts";
import { actionsRoutes } from "./actions.ts";
import { checkRoutes } from "./checks.ts";
import { collaboratorRoutes } from "./collaborators.ts";
import { contentRoutes } from "./contents.ts";
import { gitRoutes } from "./git.ts";
import { issueItemRoutes } from "./issue-items.ts";
import { issueRoutes } from "./issues.ts";
import { labelRoutes } from "./labels.ts";
import { operationRoutes } from "./operations.ts";
import { pullRoutes } from "./pulls.ts";
import { rateLimitRoutes } from "./rate-limit.ts";
import { repositoryRoutes } from "./repositories.ts";
import { searchRoutes } from "./search.ts";
import { timelineRoutes } from "./timeline.ts";
import { userRoutes } from "./users.ts";

/** Every route that the fake knows; the extract of the OpenAPI description holds exactly these. */
export const routes: readonly Route[] = [
  ...userRoutes,
  ...rateLimitRoutes,
  ...issueRoutes,
  ...issueItemRoutes,
  ...labelRoutes,
  ...timelineRoutes,
  ...collaboratorRoutes,
  ...searchRoutes,
  ...pullRoutes,
  ...checkRoutes,
  ...actionsRoutes,
  ...gitRoutes,
  ...contentRoutes,
  ...repositoryRoutes,
  ...operationRoutes,
];
