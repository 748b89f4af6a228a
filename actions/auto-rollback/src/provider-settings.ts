import type { Inputs } from "../../../packages/frame/manifest.ts";
import type manifest from "./manifest.ts";

export type ProviderName = NonNullable<Inputs<typeof manifest>["provider"]>;

/** `settings`, read: each provider has its own. */
export type ProviderSettings =
  | { readonly provider: "git-tag"; readonly tag: string; readonly releases: string }
  | { readonly provider: "git-revert"; readonly branch: string }
  | { readonly provider: "release"; readonly releases: string }
  | { readonly provider: "deployment"; readonly workflow: string; readonly inputs: Readonly<Record<string, string>> }
  | {
      readonly provider: "npm";
      readonly packages: readonly string[];
      readonly registry: string;
      readonly tag: string;
      /** Empty: versions are not deprecated. */
      readonly deprecate: string;
    }
  | { readonly provider: "oci"; readonly image: string; readonly tag: string }
  | { readonly provider: "kubernetes"; readonly namespace: string; readonly deployment: string }
  | { readonly provider: "helm"; readonly release: string; readonly namespace: string }
  | {
      readonly provider: "command";
      readonly current: readonly string[];
      readonly execute: readonly string[];
      /** Empty: it cannot be asked whether a release is still there. */
      readonly exists: readonly string[];
    };
