import { failure, type Route } from "../route.ts";
import { simpleUser } from "../shapes.ts";

const personal = {
  name: null,
  company: null,
  blog: "",
  location: null,
  email: null,
  hireable: null,
  bio: null,
  twitter_username: null,
  public_repos: 1,
  public_gists: 0,
  followers: 0,
  following: 0,
  created_at: "2020-01-01T00:00:00Z",
  updated_at: "2020-01-01T00:00:00Z",
  private_gists: 0,
  total_private_repos: 0,
  owned_private_repos: 0,
  disk_usage: 0,
  collaborators: 0,
  two_factor_authentication: true,
};

export const userRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/user",
    needs: [],
    handle: ({ token, origin }) => {
      if (token === undefined) return failure(401, "Requires authentication");
      // An installation has no user: neither a job's token nor another app's may ask.
      if (token.kind !== "user") return failure(403, "Resource not accessible by integration");
      return { status: 200, body: { ...simpleUser(origin, token.login), ...personal } };
    },
  },
  {
    method: "POST",
    path: "/graphql",
    needs: [],
    undescribed: true,
    handle: ({ token, body }) => {
      if (token === undefined) return failure(401, "This endpoint requires you to be authenticated.");
      const query = typeof body.query === "string" ? body.query.replaceAll(/\s+/g, "") : "";
      if (query === "{viewer{login}}") return { status: 200, body: { data: { viewer: { login: token.login } } } };
      return { status: 200, body: { errors: [{ type: "undefinedField", message: `The fake does not answer this query: ${query}` }] } };
    },
  },
];
