// What @actions/core imports from @actions/exec, which it needs to describe the platform: without it a gate that starts no program does not load
// node:child_process. See docs/decisions/0003-undici-on-demand.md.

/** Bundles find it in dist/shared/exec: the build replaces this text. */
const adapter = "./adapters/exec.js";

/** Runs a program to its end and gives its output. */
export async function getExecOutput(...given) {
  const real = await import(/* webpackIgnore: true */ adapter);
  return real.getExecOutput(...given);
}
