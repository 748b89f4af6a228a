import { cached, executable } from "./cache.ts";
import { command } from "./command.ts";

/** Builds a program from a Go module, once; gives its path. `module` is the import path of its main package. */
export function installGoTool(name: string, module: string, version: string): Promise<string> {
  return cached(`${name}-${version}`, executable(name), async (folder) => {
    await command("go", ["install", `${module}@v${version}`], {
      // A workspace or flags of the user must not decide what is built.
      env: { GOBIN: folder, GOFLAGS: "", GOWORK: "off" },
      missing: `${name} is built with Go, which is not installed here: https://go.dev/doc/install`,
    });
  });
}
