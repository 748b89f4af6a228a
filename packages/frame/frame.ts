import { maskedReport } from "../report/masked.ts";
import type { Report, ReportBody, Rule } from "../report/model.ts";
import { type ConfigEntry, configEntry, configName, readWaivers } from "./config.ts";
import type { Context } from "./context.ts";
import { isUserError, UserError } from "./errors.ts";
import { isProposal, runUrl } from "./event.ts";
import type { Host, Settings } from "./host.ts";
import { parseInputs } from "./inputs.ts";
import type { Inputs, Manifest, Outputs, YamlInput } from "./manifest.ts";
import { exitCode, exitCodeOf, type Outcome, type Verdict } from "./outcome.ts";
import type { Ports } from "./ports.ts";
import { openWaivers, type WaiverBook } from "./waivers.ts";

/** An action: its declaration, its function, and the ports of its own that `main.ts` binds. */
export interface Definition<M extends Manifest, P> {
  readonly manifest: M;
  readonly run: (inputs: Inputs<M>, ports: Ports & P, context: Context) => Promise<Outcome<Outputs<M>>>;
  readonly bind: (ports: Ports, host: Host) => P;
  /** The action posts its comment itself, so `comment: true` is not the frame's business. */
  readonly ownComment?: true;
}

export interface Finished {
  readonly report: Report;
  readonly exitCode: number;
}

const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Declare, parse, run, render: everything between a host and an action. Never throws for what a user can cause. */
export async function runAction<M extends Manifest, P>(definition: Definition<M, P>, host: Host): Promise<Finished> {
  const run = new Run(definition.manifest, host, definition.ownComment === true);
  try {
    return await run.finish(await run.judge(definition));
  } catch (error) {
    if (!isUserError(error)) throw error;
    return run.finish(refusal(error));
  }
}

/** What a run ends with before the frame has added its own parts. */
interface Judged {
  readonly verdict: Verdict;
  readonly headline: string;
  readonly outputs: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly report: ReportBody;
  /** Overrides the verdict's own exit code. */
  readonly exitCode?: number;
}

function refusal(error: UserError): Judged {
  const several = error.problems.length > 1;
  return {
    verdict: "unknown",
    headline: several ? `${error.problems.length} problems: ${error.problems.join(" ")}` : error.message,
    outputs: {},
    report: { rules: [], findings: [], sections: [], notes: several ? error.problems : [], data: {} },
    exitCode: error.exitCode,
  };
}

class Run {
  readonly #manifest: Manifest;
  readonly #host: Host;
  readonly #ownComment: boolean;
  #id = "";
  #enforce = true;
  #comment = false;
  #shown: Readonly<Record<string, string>> = {};
  #ports: Ports | undefined;
  #waivers: WaiverBook | undefined;
  #configChanged = false;
  #claimed = false;
  #reportPath: string | undefined;

  constructor(manifest: Manifest, host: Host, ownComment: boolean) {
    this.#manifest = manifest;
    this.#host = host;
    this.#ownComment = ownComment;
  }

  async judge<M extends Manifest, P>(definition: Definition<M, P>): Promise<Judged> {
    const { inputs, entry, config } = await this.#readInputs(definition.manifest);
    await this.#claimReport();
    const ports = await this.#host.openPorts(this.#settings(inputs, entry));
    this.#ports = ports;
    this.#waivers = openWaivers(config === undefined ? [] : readWaivers(config), ports.clock.now());
    const context: Context = {
      event: this.#host.event,
      id: this.#id,
      terminal: this.#host.terminal,
      waivers: this.#waivers,
      ...(this.#reportPath === undefined ? {} : { reportPath: this.#reportPath }),
    };
    // Asked for even where there is no configuration: a proposal can be what removed it.
    const changing = this.#changesConfig(ports);
    try {
      return this.#accept(await definition.run(inputs, { ...ports, ...definition.bind(ports, this.#host) }, context));
    } finally {
      this.#configChanged = await changing;
    }
  }

  async #readInputs<M extends Manifest>(
    manifest: M,
  ): Promise<{ inputs: Inputs<M>; entry: ConfigEntry | undefined; config: YamlInput | undefined }> {
    const host = this.#host;
    const secret = Object.entries(manifest.inputs).filter(([, spec]) => spec.type === "secret");
    for (const [name] of secret) host.secret(host.input(name) ?? "");
    const id = host.input("id");
    if (id !== undefined && idPattern.test(id)) this.#id = id;
    this.#enforce = host.input("enforce")?.toLowerCase() !== "false";
    const config = await host.readConfig(host.input("working-directory") ?? host.workingDirectory);
    const entry = config === undefined ? undefined : configEntry(config, manifest, id);
    const parsed = await parseInputs(
      manifest,
      (name) => {
        const text = host.input(name);
        if (text !== undefined && text.trim() !== "") return { from: "input", text };
        const configured = entry?.get(name);
        if (configured !== undefined) return configured;
        return name === "working-directory" ? { from: "input", text: host.workingDirectory } : undefined;
      },
      host.readYaml,
    );
    const common = parsed.inputs as unknown as { enforce?: boolean; comment?: boolean; id?: string };
    const problems = [...parsed.problems];
    if (common.id !== undefined && !idPattern.test(common.id)) {
      problems.push(
        `id: "${common.id.slice(0, 80)}" is not a valid id. Allowed: letters, digits, ".", "_" and "-", at most 64. Example: web`,
      );
    } else this.#id = common.id ?? "";
    this.#enforce = common.enforce ?? true;
    this.#comment = common.comment ?? false;
    this.#shown = parsed.shown;
    if (problems.length > 0) throw new UserError(problems.join(" "), { problems });
    return { inputs: parsed.inputs, entry, config };
  }

  #settings(inputs: unknown, entry: ConfigEntry | undefined): Settings {
    const given = inputs as { token?: string; baseline?: string; "baseline-branches"?: readonly string[]; "working-directory"?: string };
    return {
      id: this.#id || (entry?.id ?? ""),
      workingDirectory: given["working-directory"] ?? ".",
      token: given.token === undefined || given.token === "" ? undefined : given.token,
      baseline: given.baseline ?? "none",
      baselineBranches: given["baseline-branches"] ?? [],
    };
  }

  /** A proposal that edits the configuration it is judged by says so; without git there is nothing to compare. */
  async #changesConfig(ports: Ports): Promise<boolean> {
    if (!isProposal(this.#host.event)) return false;
    try {
      const change = await ports.diff.change();
      return change.files.some((file) => file.path === configName || file.previousPath === configName);
    } catch (error) {
      if (isUserError(error)) return false;
      throw error;
    }
  }

  #accept(outcome: Outcome): Judged {
    const { rules, accepted } = this.#waivers?.accept(outcome.report.rules) ?? { rules: outcome.report.rules, accepted: false };
    if (!accepted) return outcome;
    const verdict = worst(rules);
    const names = rules.filter((rule) => rule.why?.startsWith("accepted until")).map((rule) => `${rule.name} ${rule.why}`);
    const headline = `${names.join("; ")}. ${outcome.headline}`;
    return { ...outcome, verdict, headline, report: { ...outcome.report, rules } };
  }

  /** Once a run: a second use of one id in a job is refused, and its report must not replace the first one's. */
  async #claimReport(): Promise<void> {
    if (this.#claimed) return;
    this.#claimed = true;
    this.#reportPath = await this.#host.claimReport(this.#name());
  }

  #name(): string {
    return this.#id === "" ? this.#manifest.action : `${this.#manifest.action}.${this.#id}`;
  }

  async finish(judged: Judged): Promise<Finished> {
    const host = this.#host;
    const code = judged.exitCode === exitCode.usage ? exitCode.usage : exitCodeOf(judged.verdict, this.#enforce);
    await this.#claimReport().catch(() => undefined);
    const reportPath = this.#reportPath ?? "";
    const report = this.#report(judged, reportPath);
    const comment = await this.#postComment(report);
    const whole = comment === undefined ? report : { ...report, notes: [...(report.notes ?? []), comment] };
    await host.publish({ report: whole, exitCode: code }, reportPath);
    return { report: whole, exitCode: code };
  }

  #report(judged: Judged, reportPath: string): Report {
    const { event, version, masker } = this.#host;
    const changed = this.#configChanged ? ` (this pull request changes ${configName})` : "";
    const headline = masker.mask(`${judged.headline}${changed}`);
    const outputs: Record<string, string> = {};
    for (const name of Object.keys(this.#manifest.outputs)) outputs[name] = masker.mask(String(judged.outputs[name] ?? ""));
    Object.assign(outputs, { verdict: judged.verdict, summary: headline, report: reportPath });
    const url = runUrl(event);
    const body = judged.report;
    const report: Report = {
      ...body,
      action: this.#manifest.action,
      id: this.#id,
      version,
      verdict: judged.verdict,
      headline,
      outputs,
      inputs: this.#shown,
      commit: event.sha,
      enforced: this.#enforce,
      notes: [...(body.notes ?? []), ...(this.#waivers?.notes() ?? [])],
      ...(event.pullRequest === undefined ? {} : { head: event.pullRequest.headSha }),
      ...(url === undefined ? {} : { runUrl: url }),
    };
    return maskedReport(report, masker);
  }

  /** A sentence for the report when no comment could be posted; the verdict never depends on it. */
  async #postComment(report: Report): Promise<string | undefined> {
    if (!this.#comment || this.#ownComment || this.#ports === undefined) return undefined;
    if (this.#host.event.pullRequest === undefined) return undefined;
    const body = this.#host.masker.mask(await this.#host.commentBody(report));
    const posted = await this.#ports.comment.upsert(this.#name(), body);
    return "url" in posted ? undefined : `No comment was posted: ${posted.skipped}.`;
  }
}

/** Any fail, else any unknown, else pass where something was judged, else neutral. */
function worst(rules: readonly Rule[]): Verdict {
  const has = (verdict: Rule["verdict"]): boolean => rules.some((rule) => rule.verdict === verdict);
  if (has("fail")) return "fail";
  if (has("unknown")) return "unknown";
  return has("pass") || has("warn") ? "pass" : "neutral";
}
