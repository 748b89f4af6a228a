import type { PageParts } from "../src/ports.ts";

/** The page's style and scripts. What stands here are names: the build puts what `../page/` becomes in their places (`scripts/build/page.ts`). */
export function openPage(): PageParts {
  const code = { style: "forge-page:style", list: "forge-page:list", chart: "forge-page:chart" };
  return { code: async () => code };
}
