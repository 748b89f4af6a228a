import { type Answer, notFound, onRepository, type Route } from "../route.ts";
import { simpleUser } from "../shapes.ts";

export const collaboratorRoutes: readonly Route[] = [
  onRepository("GET", "/collaborators/{username}/permission", [], ({ origin, repository, parameters }): Answer => {
    const login = parameters.username ?? "";
    const permission = repository.issues.collaborators.get(login) ?? (repository.private ? "none" : "read");
    if (login === "") return notFound();
    const writes = permission === "write" || permission === "admin";
    const permissions = {
      pull: permission !== "none",
      triage: writes,
      push: writes,
      maintain: permission === "admin",
      admin: permission === "admin",
    };
    const user = { ...simpleUser(origin, login), permissions, role_name: permission };
    return { status: 200, body: { permission, role_name: permission, user } };
  }),
];
