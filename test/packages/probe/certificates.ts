/** Certificates as an authority of this machine makes them: on time, late, early, for somebody else, by nobody. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Certificate {
  readonly key: Buffer;
  readonly cert: Buffer;
}

export interface Wanted {
  readonly name: string;
  /** Milliseconds from now. */
  readonly from: number;
  readonly to: number;
  /** As openssl writes it: `IP:127.0.0.1`. */
  readonly host: string;
  /** Who signs; the certificate itself where nobody is named. */
  readonly by?: string;
}

const date = (offset: number): string => `${new Date(Date.now() + offset).toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`;

/** Key, request and certificate stay in `folder`, as `<name>.key`, `.csr` and `.pem`. */
export function makeCertificate(folder: string, { name, from, to, host, by = name }: Wanted): Certificate {
  const [key, cert, config, request] = ["key", "pem", "cnf", "csr"].map((end) => join(folder, `${name}.${end}`)) as [
    string,
    string,
    string,
    string,
  ];
  const extensions = `subjectAltName=${host}\nbasicConstraints=critical,CA:${name === "authority" ? "true" : "false"}\n`;
  const lines = [
    `[req]\ndistinguished_name=d\nprompt=no\n[d]\nCN=${name}\n[x]\n${extensions}`,
    `[ca]\ndefault_ca=c\n[c]\ndatabase=${folder}/${name}.db\nnew_certs_dir=${folder}\nserial=${folder}/${name}.srl\n`,
    "default_md=sha256\npolicy=p\nx509_extensions=x\nunique_subject=no\n[p]\ncommonName=supplied\n",
  ];
  writeFileSync(config, lines.join(""));
  writeFileSync(join(folder, `${name}.db`), "");
  writeFileSync(join(folder, `${name}.srl`), "01\n");
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: ["ignore", "ignore", "ignore"] });
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-new", ...curve, "-keyout", key, "-out", request, "-config", config);
  const signer = by === name ? ["-selfsign", "-keyfile", key] : ["-cert", join(folder, `${by}.pem`), "-keyfile", join(folder, `${by}.key`)];
  const times = ["-startdate", date(from), "-enddate", date(to)];
  openssl("ca", "-batch", "-config", config, ...signer, "-in", request, "-out", cert, ...times, "-notext");
  return { key: readFileSync(key), cert: readFileSync(cert) };
}
