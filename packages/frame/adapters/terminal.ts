import { renderJson } from "../../report/json.ts";
import { renderTerminal } from "../../report/terminal.ts";
import type { Publication } from "../host.ts";
import type { Masker } from "../masking.ts";
import type { Log } from "../ports.ts";
import { printable } from "../printable.ts";
import type { Environment } from "./environment.ts";
import type { Surface } from "./surface.ts";

const quietFor = 1_000;

/** A person's terminal: the answer on stdout, progress on stderr once a run takes over a second, colours only for eyes. */
export function openTerminal(environment: Environment, masker: Masker): Surface {
  let latest: string | undefined;
  let patient = true;
  const waiting = setTimeout(() => {
    patient = false;
    if (latest !== undefined) say(latest);
  }, quietFor);
  waiting.unref();
  const verbose = environment.RUNNER_DEBUG === "1";
  const say = (text: string): void => void process.stderr.write(`${printable(masker.mask(text))}\n`);
  const log: Log = {
    debug: (text) => (verbose ? say(text) : undefined),
    info: (text) => {
      latest = text;
      if (verbose || !patient) say(text);
    },
    notice: say,
    warning: (text) => say(`warning: ${text}`),
    secret: (value) => masker.add(value),
  };
  return {
    log,
    async publish(publication) {
      clearTimeout(waiting);
      if (environment.FORGE_JSON === "1") process.stdout.write(`${masker.mask(renderJson(publication.report))}\n`);
      else process.stdout.write(masker.mask(textOf(publication, environment)));
    },
  };
}

function textOf({ report, exitCode }: Publication, environment: Environment): string {
  const colour = process.stdout.isTTY === true && (environment.NO_COLOR ?? "") === "" && environment.TERM !== "dumb";
  const width = process.stdout.columns ?? 100;
  const text = renderTerminal(report, { colour, width, folded: report.inputs.explain === "true", unicode: true });
  return exitCode === 0 && !report.enforced && report.verdict !== "pass" && report.verdict !== "neutral"
    ? `${text}Not enforced (enforce: false): with enforcement this would fail.\n`
    : text;
}
