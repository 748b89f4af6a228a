import type { Catalog } from "./catalog.ts";

/** What was there before the deployment, what is there at this statement, and what has come in between. */
export interface Course {
  readonly before: Catalog;
  readonly now: Catalog;
  /** Tables that the old program cannot know. */
  readonly fresh: Set<string>;
  /** `table.column` that the old program cannot know. */
  readonly freshColumns: Set<string>;
  /** Those of them in which the old program's rows hold NULL. */
  readonly nullColumns: Set<string>;
  /** Those of them in which no two of the old program's rows hold the same. */
  readonly distinctColumns: Set<string>;
}
