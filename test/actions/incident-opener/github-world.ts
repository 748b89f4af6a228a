import { openDesks } from "../../../actions/incident-opener/adapters/desks.ts";
import type { Desks } from "../../../actions/incident-opener/src/ports.ts";
import type { Issue } from "../../fake-github/issue-book.ts";
import type { FakeGitHub } from "../../fake-github/server.ts";
import type { Permissions, Repository } from "../../fake-github/state.ts";
import { type Outcome, play } from "./memory-world.ts";

/** One second of this machine is as many of GitHub's: waiting is most of what a race consists of. */
const haste = 12;

/** The action with its real adapters, in this process, against a fake GitHub whose time passes twelve times as fast as ours. */
export class GitHubWorld {
  readonly repository: Repository;
  readonly fake: FakeGitHub;
  /** Where GitHub is; elsewhere nobody answers. */
  apiUrl: string;
  /** Minutes that the runner's clock is off. */
  skew = 0;
  readonly letters = new Map<string, string>();
  readonly #began = performance.now();
  #jump = 0;

  constructor(fake: FakeGitHub, permissions: Permissions) {
    fake.reset();
    this.fake = fake;
    this.apiUrl = fake.url;
    this.repository = fake.state.addRepository("octo/app");
    this.repository.git.commitFiles("main", { "README.md": "# App\n" });
    fake.state.addActionsToken("ghs_job", this.repository, permissions);
    fake.state.rate.limit = 1_000_000;
    fake.state.rate.remaining = 1_000_000;
    fake.state.time = () => this.now();
  }

  now(): number {
    return Math.round(Date.UTC(2026, 10, 21, 3) + this.#jump + (performance.now() - this.#began) * haste);
  }

  pass(milliseconds: number): void {
    this.#jump += milliseconds;
  }

  run(given: Readonly<Record<string, string>>): Promise<Outcome> {
    const now = (): number => this.now() + this.skew * 60_000;
    const silent = (): void => undefined;
    const log = { debug: silent, info: silent, notice: silent, warning: silent, secret: silent };
    const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds / haste));
    const real = openDesks({ files: { workspace: "/nowhere" }, log, clock: { now }, pace: { now, wait } });
    const desks: Desks = {
      open: (options) => real.open(options),
      letters: async () => [...this.letters].map(([name, text]) => ({ name, text })),
      keep: async (name, text) => {
        this.letters.set(name, text);
        return name;
      },
      discard: async (name) => void this.letters.delete(name),
    };
    return play({ token: "ghs_job", ...given }, { desks, clock: { now }, log }, { apiUrl: this.apiUrl });
  }

  incidents(): Issue[] {
    return [...this.repository.issues.all.values()].filter(({ labels }) => !labels.includes("forge-ledger"));
  }

  open(): Issue[] {
    return this.incidents().filter((issue) => issue.open);
  }

  comments(): string[] {
    return this.repository.comments.map(({ body }) => body);
  }
}
