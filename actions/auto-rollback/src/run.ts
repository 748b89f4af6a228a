import type { Context } from "../../../packages/frame/context.ts";
import { messageOf, UserError } from "../../../packages/frame/errors.ts";
import type { Outcome } from "../../../packages/frame/outcome.ts";
import { isMissingRight, isUnreachable } from "../../../packages/ledger/failures.ts";
import { fingerprintOf } from "../../../packages/ledger/fingerprint.ts";
import { ask } from "./asked.ts";
import { outcomeOf, type RollbackOutputs } from "./describe.ts";
import { commit, revert, verifyNow } from "./ending.ts";
import { mark } from "./marking.ts";
import type { RollbackInputs, RollbackPorts } from "./ports.ts";
import { settleRequests } from "./requests.ts";
import { rollBack } from "./roll-back.ts";
import { Session } from "./session.ts";
import { Shelf } from "./shelf.ts";
import type { Told } from "./told.ts";

/** Decides, writes every transition into the ledger, and then acts on it. A run that is killed is finished by the next one. */
export async function run(inputs: RollbackInputs, ports: RollbackPorts, context: Context): Promise<Outcome<RollbackOutputs>> {
  const asked = ask(inputs);
  if (inputs.verify !== undefined) await ports.checks.prepare(inputs.verify, inputs["allow-private"]);
  try {
    const { event } = context;
    const desk = await ports.desks.open({ backend: inputs.backend, token: inputs.token, event });
    const name = `${event.runId || "local"}/${event.runAttempt || "1"}`;
    const key = await fingerprintOf([event.repository.toLowerCase(), "rollback", asked.environment]);
    const { workingDirectory } = ports.files;
    const { settings, environment } = asked;
    const session = new Session({
      asked,
      inputs,
      ports,
      event,
      desk,
      run: name,
      lock: `rollback-${key}`,
      shelf: new Shelf(desk, environment, asked.service, name),
      provider: await ports.providers.open({ settings, environment, token: inputs.token, event, workingDirectory }),
      history: await ports.histories.open({ token: inputs.token, event }),
    });
    const told = await operate(session);
    const notes = [...(told.notes ?? []), ...(await settleRequests(session))];
    return outcomeOf({ ...told, notes }, asked);
  } catch (error) {
    throw translated(error, inputs);
  }
}

function operate(session: Session): Promise<Told> {
  switch (session.asked.operation) {
    case "mark-good":
    case "mark-bad":
      return mark(session);
    case "commit":
      return commit(session);
    case "revert":
      return revert(session);
    case "verify":
      return verifyNow(session);
    case "auto":
    case "plan":
    case "execute":
      return rollBack(session);
  }
}

/** A ledger that cannot be had is missing evidence: nothing is done without it. */
function translated(error: unknown, { backend }: RollbackInputs): unknown {
  if (isMissingRight(error)) {
    const text = `The ledger (backend: ${backend}) cannot be used: ${error.message}. Give the job \`permissions: ${error.permission}: write\`; nothing was changed without it.`;
    return new UserError(text, { exitCode: 3, cause: error });
  }
  if (isUnreachable(error))
    return new UserError(`The ledger cannot be reached: ${messageOf(error)}. Run it again to go on.`, { exitCode: 3, cause: error });
  return error;
}
