import type { FakeGitHub } from "../../fake-github/server.ts";
import { inFile, play, type World, world } from "./world.ts";

/** A repository whose job may do everything, and a service that fell ill with 1.1.0. */
export async function illOnGitHub(fake: FakeGitHub) {
  fake.reset();
  const made = fake.state.addRepository("octo/app");
  made.git.commitFiles("main", { "README.md": "# App\n" });
  fake.state.addActionsToken("ghs_job", made, { contents: "write", issues: "write" });
  fake.state.rate.limit = 100_000;
  fake.state.rate.remaining = 100_000;
  const here = world();
  const run = (inputs: Readonly<Record<string, string>>): ReturnType<World["run"]> =>
    play(here.folder, { provider: "command", settings: inFile, token: "ghs_job", ...inputs }, { env: { GITHUB_API_URL: fake.url } });
  here.deploy("1.0.0");
  await run({ verdict: "pass", deployment: "1" });
  here.deploy("1.1.0");
  return { made, here, run, writes: () => fake.requests.filter(({ method }) => method !== "GET").length };
}
