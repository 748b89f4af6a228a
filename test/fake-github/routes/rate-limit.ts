import type { Route } from "../route.ts";

export const rateLimitRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/rate_limit",
    needs: [],
    handle: ({ state }) => {
      const { limit, remaining, reset } = state.rate;
      const rate = { limit, remaining, reset, used: limit - remaining };
      return { status: 200, body: { resources: { core: rate, search: { ...rate, limit: 30, remaining: 30, used: 0 } }, rate } };
    },
  },
];
