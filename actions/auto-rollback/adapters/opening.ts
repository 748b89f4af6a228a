import type { Clock, Exec, Log } from "../../../packages/frame/ports.ts";
import type { ProviderOptions } from "../src/ports.ts";
import type { ProviderSettings } from "../src/provider-settings.ts";

export interface ProvidersContext {
  readonly exec: Exec;
  readonly log: Log;
  readonly clock: Clock;
}

/** What a provider is opened with: its own settings among all the rest. */
export type Opening<Name extends ProviderSettings["provider"]> = Omit<ProviderOptions, "settings"> &
  ProvidersContext & { readonly settings: Extract<ProviderSettings, { provider: Name }> };
