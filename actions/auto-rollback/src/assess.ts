import type { Migration } from "../../../packages/migrations/classify.ts";
import { type Attempt, goodMark, type Mark, type Plan } from "../../../packages/releases/book.ts";
import type { Asked } from "./asked.ts";
import { guardMigrations } from "./guard.ts";
import { makePlan } from "./plan.ts";
import type { History, Provider, Running } from "./ports.ts";
import { holds, type Rail, stops } from "./reason.ts";
import type { View } from "./shelf.ts";
import { chooseTarget, recentAutomatic, releaseToLeave, rollbackBehind } from "./target.ts";

/** Clocks differ; a mark that is further ahead than this has no known age. */
const mostAhead = 600_000;

export interface Assessed {
  readonly rails: readonly Rail[];
  readonly from: string;
  readonly to: string;
  readonly fromCommit: string;
  readonly plan?: Plan;
  readonly migrations: readonly Migration[];
  /** Somebody has gone back already: why. */
  readonly already?: string;
  /** A rollback that the ledger knows put there what runs. */
  readonly behind: boolean;
  /** A person has to say yes: why. */
  readonly approval?: string;
}

/** Rails that need nothing but what was given: they come before anything is looked at. */
export function firstRails(asked: Asked): Rail[] {
  const { verdict, before, kill, automatic } = asked;
  const rails: Rail[] = [];
  if (verdict === "unknown") rails.push(stops("verdict", "verdict-unknown", "the verdict is unknown, and that is no reason to roll back"));
  else rails.push(holds("verdict", verdict === undefined ? "a person asks for it" : `the verdict is ${verdict}`));
  rails.push(kill === "" ? holds("kill-switch", "it is off") : stops("kill-switch", "kill-switch", `it is on (${kill.slice(0, 60)})`));
  if (before === "fail") rails.push(stops("caused", "not-caused", "the same check failed before the deployment"));
  else if (before === "unknown")
    rails.push(stops("caused", "not-caused", "it is not known whether the check failed before the deployment"));
  else if (automatic)
    rails.push(holds("caused", before === "pass" ? "the check passed before the deployment" : "no verdict from before was given"));
  return rails;
}

/** Looks at everything and changes nothing. */
export class Assessment {
  readonly #asked: Asked;
  readonly #provider: Provider;
  readonly #history: History;
  readonly #view: View;
  readonly #now: number;

  constructor(asked: Asked, provider: Provider, history: History, view: View, now: number) {
    this.#asked = asked;
    this.#provider = provider;
    this.#history = history;
    this.#view = view;
    this.#now = now;
  }

  async assess(): Promise<Assessed> {
    const asked = this.#asked;
    const { book } = this.#view;
    const running = await this.#provider.current();
    const wanted = asked.to === "" ? "" : await this.#provider.resolve(asked.to);
    const from = releaseToLeave(running, book, wanted);
    const rails = [...firstRails(asked), ...this.#onceRails(running, from)];
    const choice = chooseTarget(book, from, asked, wanted);
    const fromCommit = await this.#commitOf(running, from);
    const behind = rollbackBehind(book, from) !== undefined;
    const known = { from, fromCommit, migrations: [], behind };
    if ("already" in choice) return { ...known, rails, to: from, already: choice.already };
    if ("stop" in choice) return { ...known, rails: [...rails, choice.stop], to: wanted };
    const { target } = choice;
    rails.push(this.#ageRail(target), ...(await this.#artifactRails(target)));
    const { rail, migrations, approval } = await this.#migrationRail(target, fromCommit);
    rails.push(rail);
    const stopped = rails.some((each) => !each.holds);
    const plan = stopped ? undefined : await this.#plan(from, target.release);
    return {
      ...known,
      rails,
      migrations,
      to: target.release,
      ...(plan === undefined ? {} : { plan }),
      ...(approval === undefined ? {} : { approval }),
    };
  }

  #onceRails(running: Running, from: string): Rail[] {
    const { automatic, window } = this.#asked;
    if (!automatic) return [];
    const { book, siblings } = this.#view;
    const behind = rollbackBehind(book, from);
    const itself = behind !== undefined || running.rollback;
    const recent = recentAutomatic([book, ...siblings], this.#now, window);
    return [
      itself
        ? stops("is-rollback", "is-rollback", `a rollback put ${from} there`)
        : holds("is-rollback", `${from} was not put there by a rollback`),
      recent === undefined
        ? holds("window", "no automatic rollback of this environment within the window")
        : stops("window", "window", recentWords(recent, this.#now)),
    ];
  }

  #ageRail(target: Mark): Rail {
    const age = this.#now - Date.parse(target.at);
    const days = `marked good ${target.at}`;
    if (age < -mostAhead) {
      const why = `${target.release} was ${days}, and that is still to come: some clock was wrong, and how old it is is not known. Mark it good anew`;
      return stops("target", "too-old", why);
    }
    return age > this.#asked.maxAge
      ? stops("target", "too-old", `${target.release} is too old: ${days}`)
      : holds("target", `${target.release}, ${days}`);
  }

  async #artifactRails(target: Mark): Promise<Rail[]> {
    const { present, why } = await this.#provider.look(target.release);
    const moved = present ? await this.#movedSince(target) : undefined;
    const missing = await this.#provider.credentials();
    return [
      present && moved === undefined ? holds("artifact", why) : stops("artifact", "artifact-missing", moved ?? why),
      missing === undefined ? holds("credentials", "nothing is known to be missing") : stops("credentials", "credentials-missing", missing),
    ];
  }

  /** A name that means another commit today is not what was found to be good. */
  async #movedSince({ release, commit }: Mark): Promise<string | undefined> {
    const now = await this.#provider.commitOf(release);
    if (now === "" || commit === "" || now === commit) return undefined;
    return `${release} is at ${now.slice(0, 12)} now, and was at ${commit.slice(0, 12)} when it was marked good`;
  }

  async #migrationRail(target: Mark, current: string): Promise<{ rail: Rail; migrations: readonly Migration[]; approval?: string }> {
    const { migrations: globs, approval } = this.#asked;
    const asks = approval === "none" ? {} : { approval: "every rollback is approved by a person here" };
    if (globs.length === 0)
      return { rail: holds("migration", "no migrations were named, so none were looked at"), migrations: [], ...asks };
    const commit = (await this.#provider.commitOf(target.release)) || target.commit;
    const { migrations, unclear } = await guardMigrations(this.#history, globs, commit, current);
    const hard = migrations.filter((migration) => migration.class !== "expand");
    const first = hard[0];
    if (first === undefined && unclear === undefined) {
      return { rail: holds("migration", `${migrations.length} migrations in between, all of them expansions`), migrations, ...asks };
    }
    const why =
      unclear ?? `${hard.length} of ${migrations.length} migrations: ${first?.path ?? ""} (${first?.class ?? ""}: ${first?.why ?? ""})`;
    if (approval === "none") return { rail: stops("migration", "migration", why), migrations };
    return { rail: holds("migration", `a person has to approve: ${why}`), migrations, approval: why };
  }

  async #plan(from: string, to: string): Promise<Plan> {
    const { settings, environment, service } = this.#asked;
    const steps = await this.#provider.steps(from, to, "bad");
    return makePlan({ provider: settings.provider, environment, service, from, to, steps });
  }

  async #commitOf(running: Running, from: string): Promise<string> {
    return (
      running.commit ||
      (await this.#provider.commitOf(from)) ||
      goodMark(this.#view.book, from)?.commit ||
      (await this.#history.resolve(from)) ||
      this.#history.head()
    );
  }
}

function recentWords({ plan }: Attempt, now: number): string {
  return `${plan.from} was rolled back to ${plan.to} automatically within the window (now ${new Date(now).toISOString()})`;
}
