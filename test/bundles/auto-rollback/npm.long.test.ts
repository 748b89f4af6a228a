import { afterAll, expect, it } from "vitest";
import { cleanUp, temporaryFolder } from "../harness.ts";
import { goesOn, npmRegistry } from "./npm-registry.ts";
import { play, told } from "./world.ts";

afterAll(cleanUp);

it.each([1, 5])("npm: goes on where the registry failed after %i writes", (power) => goesOn(power));

it.skipIf(process.platform !== "linux")(
  "npm: a run that was killed between two tags is known to be gone, and the next one finishes its work",
  async () => {
    const names = ["one", "two"];
    const registry = await npmRegistry(names);
    const folder = temporaryFolder();
    const settings = JSON.stringify({ packages: names, registry: registry.url });
    const inputs = { provider: "npm", settings, backend: "file" };
    const env = { NODE_AUTH_TOKEN: "not-a-real-token" };
    await play(folder, { ...inputs, operation: "mark-good", to: "1.0.0" }, { env });
    let kill = (): void => {};
    registry.power.used = (write) => {
      if (write === 1) kill();
    };
    const started = (child: { kill(signal: "SIGKILL"): boolean }): void => {
      kill = () => void child.kill("SIGKILL");
    };
    const dead = await play(folder, { ...inputs, verdict: "fail", deployment: "2" }, { env, started });
    expect([dead.signal, registry.writes]).toEqual(["SIGKILL", ["tag one"]]);
    const next = await play(folder, { ...inputs, verdict: "fail", deployment: "2" }, { env });
    expect(told(next)).toBe("0 pass rolled-back 1.1.0→1.0.0");
    expect(next.log).toMatch(/A run died while it was executing: waits [123] s/);
    expect(next.log).not.toContain("Another run works");
    expect(registry.writes).toEqual(["tag one", "tag two", "deprecate one", "deprecate two"]);
  },
);
