import type { Access, Repository, State, Token } from "./state.ts";

/** One of these is enough. */
export type Needs = readonly (readonly [permission: string, access: Access])[];

export interface Call {
  readonly state: State;
  readonly token: Token | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly accept: string;
  /** Where the fake listens, without a slash at the end. */
  readonly origin: string;
  /** The path and the query as they were asked for. */
  readonly target: URL;
}

export interface RepositoryCall extends Call {
  readonly repository: Repository;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  /** Sent as it is, with this content type, instead of `body`; not checked against the description. */
  readonly raw?: { readonly type: string; readonly content: Buffer };
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** A path of GitHub's OpenAPI description. */
  readonly path: string;
  /** Any one of them; for routes below a repository. `[]`: whoever can see the repository. */
  readonly needs: Needs;
  /** Not in the description (GraphQL), so nothing can be checked. */
  readonly undescribed?: true;
  readonly handle: (call: Call) => Answer;
}

/** A route below `/repos/{owner}/{repo}`; the server has checked that the token may use it. */
export function onRepository(method: Route["method"], path: string, needs: Needs, handle: (call: RepositoryCall) => Answer): Route {
  return {
    method,
    path: `/repos/{owner}/{repo}${path}`,
    needs,
    handle: (call) => {
      const repository = call.state.repository(call.parameters.owner ?? "", call.parameters.repo ?? "");
      return repository === undefined ? notFound() : handle({ ...call, repository });
    },
  };
}

export function failure(status: number, message: string, more: Readonly<Record<string, unknown>> = {}): Answer {
  return { status, body: { message, documentation_url: "https://docs.github.com/rest", status: String(status), ...more } };
}

export const notFound = (): Answer => failure(404, "Not Found");

/** GitHub's 422 with its `errors`. */
export function invalid(resource: string, field: string, code: string, message?: string): Answer {
  return failure(422, "Validation Failed", { errors: [{ resource, field, code, ...(message === undefined ? {} : { message }) }] });
}

/** One page of a list, with the `Link` header that GitHub would send. */
export function paged<T>(call: Call, items: readonly T[], show: (item: T) => unknown): Answer {
  const wanted = Number(call.query.get("per_page") ?? "30");
  const size = Math.min(Math.max(Number.isInteger(wanted) ? wanted : 30, 1), 100);
  const page = Math.max(Number(call.query.get("page") ?? "1") || 1, 1);
  const last = Math.max(Math.ceil(items.length / size), 1);
  const link = (to: number, relation: string): string => {
    const url = new URL(call.target);
    url.searchParams.set("page", String(to));
    return `<${url.href}>; rel="${relation}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, "prev")] : []),
    ...(page < last ? [link(page + 1, "next"), link(last, "last")] : []),
    ...(page > 1 ? [link(1, "first")] : []),
  ];
  return {
    status: 200,
    body: items.slice((page - 1) * size, page * size).map(show),
    ...(links.length === 0 ? {} : { headers: { link: links.join(", ") } }),
  };
}
