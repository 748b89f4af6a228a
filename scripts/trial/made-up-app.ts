/** A made-up web application in two versions, for trials of how files of two builds are paired. */

export interface App {
  /** Path below `src/` and the module's text. */
  readonly modules: ReadonlyMap<string, string>;
  /** Paths of the modules that are loaded when they are needed. */
  readonly pages: readonly string[];
}

/** What marks a module in the output; taken out again before anything is compared, since it would make pairing too easy. */
export const marker = /@@[\w/.-]+@@/g;

const words =
  "account amount archive balance basket bonus button calendar canvas card catalog chart checkout client column contact country coupon credit currency customer debit delivery detail discount display document draft editor email event export factor filter folder gallery gift grid header history image import index input invoice item label language layout ledger letter level license limit list login map margin market member menu message method module month note number offer option order owner page panel parcel partner password payment period person phone photo picture plan player point policy portal post preview price print privacy product profile project promo quantity query quota rate receipt record refund region report request reserve result return review role route salary sale sample schedule score search season section segment seller server session setting shape share shipment shop signal sketch slot source stage state status stock store street subject summary supply support survey table tag target task tax team template term text theme ticket time title token topic total track trade transfer trend tutorial unit update upload user value vendor version video view visit voucher wallet warehouse weather week weight widget window wizard work zone".split(
    " ",
  );

export function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Next = () => number;

function pick<T>(next: Next, list: readonly T[]): T {
  const found = list[Math.floor(next() * list.length)];
  if (found === undefined) throw new Error("There is nothing to pick from.");
  return found;
}

function name(next: Next): string {
  const second = pick(next, words);
  return pick(next, words) + second.charAt(0).toUpperCase() + second.slice(1);
}

function functionText(next: Next): string {
  const [from, to, field, other] = [name(next), name(next), name(next), name(next)];
  const many = Math.floor(next() * 900) + 10;
  return [
    `export function ${from}(${to}, options) {`,
    `  if (!${to}.${field}) throw new Error("No ${pick(next, words)} for ${pick(next, words)} of this ${pick(next, words)}");`,
    `  const rows = ${to}.${other}.map((row) => ({ ${field}: row.${pick(next, words)} * ${many}, ${pick(next, words)}: options.${other} }));`,
    `  return rows.filter((row) => row.${field} > ${Math.floor(next() * 5000)}).sort((a, b) => a.${field} - b.${field});`,
    "}",
  ].join("\n");
}

function moduleText(path: string, next: Next, functions: number, imports: readonly string[]): string {
  const texts = Array.from({ length: functions }, () => functionText(next));
  const names = texts.map((text) => /function (\w+)/.exec(text)?.[1] ?? "");
  const unique = texts.filter((_, at) => names.indexOf(names[at] ?? "") === at);
  const list = [...new Set(names)].join(", ");
  const depth = "../".repeat(path.split("/").length - 1) || "./";
  return [
    ...imports.map((each, at) => `import * as lib${at} from "${depth}${each}";`),
    ...unique,
    `globalThis.seen?.("@@${path}@@", { ${list} }${imports.map((_, at) => `, lib${at}`).join("")});`,
    `export default function render(state) { return [${list}].map((each) => each(state, "${pick(next, words)}-${pick(next, words)}")); }`,
  ].join("\n");
}

/** What is different in the second version, by the number of the module. */
function edited(text: string, change: number, next: Next): string {
  if (change === 0) return text.replace("No ", "There is no ");
  if (change === 1) return `${text}\n${functionText(next)}\nglobalThis.more?.(${Math.floor(next() * 1e6)});`;
  if (change === 2) return text.replace(/\* \d+/g, () => `* ${Math.floor(next() * 900) + 10}`);
  const grown = Array.from({ length: 12 }, (_, at) => functionText(next).replace(/function \w+/, `function added${at}`));
  return `${text}\n${grown.join("\n")}\nglobalThis.added?.(${grown.map((_, at) => `added${at}`).join(", ")});`;
}

/**
 * `count` pages, half of them called `index.js` in folders of their own, and modules that several of them share. In the second version a third
 * of the modules is changed, two pages are new, one is gone and one has swallowed a library.
 */
export function madeUpApp(seed: number, version: 1 | 2, count = 24): App {
  const modules = new Map<string, string>();
  const shared = Array.from({ length: count / 3 }, (_, at) => `lib/shared-${at}.js`);
  const pages = Array.from({ length: count + 2 }, (_, at) =>
    at % 2 === 0 ? `pages/${pageName(at)}/index.js` : `pages/${pageName(at)}.js`,
  );
  const shown = version === 1 ? pages.slice(0, count) : pages.filter((_, at) => at !== 3);
  for (const [at, path] of [...shared, ...shown].entries()) {
    const next = random(seed * 1000 + [...path].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) | 0, 7));
    const imports = path.startsWith("lib/") ? [] : shared.filter((_, index) => (index + at) % 4 === 0);
    const text = moduleText(path, next, path.startsWith("lib/") ? 14 : 5 + Math.floor(next() * 8), imports);
    const changes = version === 2 && at % 3 === 1;
    modules.set(path, changes ? edited(text, at % 4, random(seed + at)) : text);
  }
  const swallows = pages[5];
  if (version === 2 && swallows !== undefined)
    modules.set(swallows, `import * as lodash from "lodash-es";\n${modules.get(swallows)}\nglobalThis.lodash?.(lodash.default ?? lodash);`);
  const loads = shown.map((page) => `  "${page}": () => import("./${page}"),`).join("\n");
  modules.set("main.js", `const pages = {\n${loads}\n};\nglobalThis.start?.("@@main.js@@", pages, ${version});`);
  return { modules, pages: shown };
}

function pageName(at: number): string {
  return `${words[(at * 7) % words.length]}-${words[(at * 11 + 3) % words.length]}`;
}
