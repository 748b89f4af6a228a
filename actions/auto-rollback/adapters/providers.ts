import type { Provider, ProviderOptions, Providers } from "../src/ports.ts";
import type { ProvidersContext } from "./opening.ts";

/** Each provider is loaded only where it is used. */
export function openProviders(context: ProvidersContext): Providers {
  return { open: (options) => open(context, options) };
}

async function open(context: ProvidersContext, options: ProviderOptions): Promise<Provider> {
  const { settings, ...rest } = options;
  const given = { ...context, ...rest };
  switch (settings.provider) {
    case "git-tag":
      return (await import("./git-tag.ts")).openGitTag({ ...given, settings });
    case "git-revert":
      return (await import("./git-revert.ts")).openGitRevert({ ...given, settings });
    case "release":
      return (await import("./github-release.ts")).openRelease({ ...given, settings });
    case "deployment":
      return (await import("./github-deployment.ts")).openDeployment({ ...given, settings });
    case "npm":
      return (await import("./npm.ts")).openNpm({ ...given, settings });
    case "oci":
      return (await import("./oci.ts")).openOci({ ...given, settings });
    case "kubernetes":
      return (await import("./kubernetes.ts")).openKubernetes({ ...given, settings });
    case "helm":
      return (await import("./helm.ts")).openHelm({ ...given, settings });
    case "command":
      return (await import("./command.ts")).openCommand({ ...given, settings });
  }
}
