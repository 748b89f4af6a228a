import { inflate, latin1 } from "../../../actions/secret-scan/adapters/machine.ts";
import { Matcher } from "../../../actions/secret-scan/src/engine/matcher.ts";
import type { Novelty } from "../../../actions/secret-scan/src/engine/novelty.ts";
import { ContentScanner, type ScanOptions } from "../../../actions/secret-scan/src/engine/scan.ts";
import type { Detection, Rule } from "../../../actions/secret-scan/src/model.ts";
import { catalogue } from "../../../actions/secret-scan/src/rules/catalogue.ts";

export interface Told extends Detection {
  readonly id: string;
}

export type Scan = (content: string | Uint8Array, path?: string) => Told[];

/** A scanner of one content after the other. */
export function scanner(rules: readonly Rule[] = catalogue, options: Partial<ScanOptions> = {}, novelty?: Novelty): Scan {
  const content = new ContentScanner(
    new Matcher(rules, latin1),
    { decodeDepth: 3, archiveDepth: 2, keepContext: false, ...options },
    inflate,
    novelty,
  );
  return (given, path = "src/config.ts") => {
    const bytes = typeof given === "string" ? Buffer.from(given) : given;
    return content
      .scan(bytes, 0, bytes.length, path)
      .detections.map((detection) => ({ ...detection, id: rules[detection.rule]?.id ?? "" }));
  };
}
