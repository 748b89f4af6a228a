// Loaded before a bundle: writes down every socket that it opens or listens on and every program that it starts, also in its workers.
import childProcess from "node:child_process";
import dgram from "node:dgram";
import { appendFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";

const file = process.env.TEST_WORLD_FILE;

function watch(object, method, describe) {
  const real = object[method];
  object[method] = function (...args) {
    appendFileSync(file, `${describe(args)}\n`);
    return Reflect.apply(real, this, args);
  };
}

const target = ([first]) => {
  const options = Array.isArray(first) ? first[0] : first;
  return `socket ${typeof options === "object" ? (options.path ?? `${options.host ?? "localhost"}:${options.port}`) : options}`;
};
watch(net.Socket.prototype, "connect", target);
watch(net.Server.prototype, "listen", target);
watch(dgram.Socket.prototype, "send", () => "socket udp");
watch(childProcess.ChildProcess.prototype, "spawn", ([options]) => `program ${options.file}`);
for (const name of ["spawnSync", "execFileSync", "execSync"]) watch(childProcess, name, ([program]) => `program ${program}`);
syncBuiltinESMExports();
