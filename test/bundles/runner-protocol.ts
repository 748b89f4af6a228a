/** What the runner makes of a step's files and output, written from its documented contract. */

export interface WorkflowCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** `NAME=VALUE` lines and `NAME<<DELIMITER` blocks; throws where the runner would end the step. */
export function parseFileCommands(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    if (line === "") continue;
    const heredoc = /^([^=<]+)<<(.+)$/.exec(line);
    if (heredoc === null) {
      const equals = line.indexOf("=");
      if (equals < 1) throw new Error(`The runner cannot read this line of a file command: ${line}`);
      values[line.slice(0, equals)] = line.slice(equals + 1);
      continue;
    }
    const [, name = "", delimiter = ""] = heredoc;
    const end = lines.indexOf(delimiter);
    if (end === -1) throw new Error(`The block of ${name} does not end with its delimiter.`);
    values[name] = lines.splice(0, end).join("\n");
    lines.shift();
  }
  return values;
}

const command = /^\s*::([\w-]+)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)$/;
const oldCommand = /##\[([\w-]+)(?: ([^\]]*))?\](.*)$/;

/** Finds the workflow commands in both streams, and the log as a person sees it: without commands, with masks applied. */
export function readCommands(...streams: readonly string[]): { commands: WorkflowCommand[]; log: string } {
  const commands: WorkflowCommand[] = [];
  const shown: string[] = [];
  for (const line of streams.flatMap((stream) => stream.split(/\r\n|\n|\r/))) {
    const match = command.exec(line) ?? oldCommand.exec(line);
    if (match === null) shown.push(line);
    else commands.push({ name: match[1] ?? "", properties: propertiesOf(match[2] ?? ""), message: decoded(match[3] ?? "") });
  }
  const masks = commands.filter(({ name }) => name === "add-mask").flatMap(({ message }) => [message, ...message.split("\n")]);
  const log = masks.filter((mask) => mask.trim() !== "").reduce((text, mask) => text.replaceAll(mask, "***"), shown.join("\n"));
  return { commands, log };
}

function propertiesOf(text: string): Record<string, string> {
  const pairs = text.split(",").filter((pair) => pair.includes("="));
  return Object.fromEntries(
    pairs.map((pair) => [
      pair.slice(0, pair.indexOf("=")).trim(),
      decoded(
        pair
          .slice(pair.indexOf("=") + 1)
          .replaceAll("%3A", ":")
          .replaceAll("%2C", ","),
      ),
    ]),
  );
}

function decoded(text: string): string {
  return text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
}
