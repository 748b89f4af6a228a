import { describe, expect, it } from "vitest";
import { shapeOf, stemsOf } from "../../../actions/bundle-size/src/names.ts";

/** Names that bundlers have really written, with the hash in them. */
const real: readonly (readonly [path: string, stem: string])[] = [
  ["chunks/dep-Bh-1mzXX.js", "chunks/dep-*.js"],
  ["chunks/dep-f94b-k0u.js", "chunks/dep-*.js"],
  ["chunks/rpc.-pEldfrD.js", "chunks/rpc.*.js"],
  ["chunks/index--pEldfrD.js", "chunks/index-*.js"],
  ["assets/BqqDzcUh.js", "assets/*.js"],
  ["assets/nodes/0.B1Z2-x_s.js", "assets/nodes/0.*.js"],
  ["chunk-IHI7H6SI.js", "chunk-*.js"],
  ["dist-6ZQHD4DN.js.map", "dist-*.js.map"],
  ["helpers-LXLP3DFE-PEPB2NAS.js", "helpers-*-*.js"],
  ["main.44d104283dc94dd1c491.js", "main.*.js"],
  ["480.e02285a95b484a1a8cb5.js", "480.*.js"],
  ["2.abcdef01.chunk.js", "2.*.chunk.js"],
  ["main.1a2b3c4d.js.LICENSE.txt", "main.*.js.LICENSE.txt"],
  ["component---src-pages-index-js-0123456789abcdef0123.js", "component---src-pages-index-js-*.js"],
  ["static/chunks/117-de8eb65d22cc8df0.js", "static/chunks/117-*.js"],
  ["static/chunks/main-app-7fb8d236b5e1478b.js", "static/chunks/main-app-*.js"],
  ["static/media/e4af272ccee01ff0-s.p.woff2", "static/media/*-s.p.woff2"],
  ["static/css/49db5e310a29d1bc.css", "static/css/*.css"],
  ["static/AbC3efGhIjKlMnOpQrSt_/_buildManifest.js", "static/*/_buildManifest.js"],
  ["static/chunks/[root-of-the-server]__1a2b3c4d._.js", "static/chunks/[root-of-the-server]__*._.js"],
  ["static/chunks/node_modules_next_dist_4e3b1f2a._.js", "static/chunks/node_modules_next_dist_*._.js"],
  ["static/chunks/turbopack-0123456789abcdef.js", "static/chunks/turbopack-*.js"],
  ["static/chunks/12t_lqu4wsh11.js", "static/chunks/*.js"],
  ["static/chunks/2-wsvdr_v_i7s.js", "static/chunks/*.js"],
  ["static/chunks/3-ab8e10ooctc.js", "static/chunks/*.js"],
  ["static/chunks/3kr4181nuzli-.js", "static/chunks/*.js"],
  ["static/chunks/turbopack-0al9eyr_-yuut.js", "static/chunks/turbopack-*.js"],
  ["1042-1a2b3c4d.js", "1042-*.js"],
  ["index.7345cb52.js", "index.*.js"],
  ["rolldown-runtime-D7D4PA-g.mjs", "rolldown-runtime-*.mjs"],
  ["normalize-string-or-regex-Bb-uIrCY.mjs", "normalize-string-or-regex-*.mjs"],
  ["worker.d.BigfbIsH.d.ts", "worker.d.*.d.ts"],
];

const friends =
  `suppress-warnings.cjs codicon-modifiers.css _.contribution.js vendor-react-utils.js settings.js Settings.js user-Settings.js calendar.js
Checkout.js my-Checkout.js UserCard.js TabPanel.js app-DataGrid.js contribution.js jquery-3.7.1.min.js report-20240101.js messages.en-US.js
550e8400-e29b-41d4-a716-446655440000.js app-550e8400-e29b-41d4-a716-446655440000.js zh-Hans-CN.js logo-192x192.png bg-1920x1080.jpg
android-chrome-512x512.png lodash-es.js polyfill-es2015.js chapter1.js lesson12.js error404.js route-404.js utf8-decoder.js base64url.js sha256.js
md5-hash.js react-dom.production.min.js bootstrap.bundle.min.js runtime-main.js service-worker.js index-legacy.js my-component-provider.js
QueryBuilder.js use-local-storage.js useState.js core-js-pure.js socket.io-client.js highlight.pack.js chart-utils.js app.v12.3.4.js
release-2024-11-03.js icons-material-outlined.js Inter-SemiBold.woff2 roboto-latin-400-normal.woff2 fa-solid-900.woff2 KaTeX_Main-Regular.woff2
KaTeX_Size1-Regular.ttf editor.worker.js ts.worker.js abap.js freemarker2.js typescript.js README.md LICENSE.txt CHANGELOG.md tsMode.js cssMode.js
htmlMode.js jsonMode.js objective-c.js postiats.js powerquery.js protobuf.js redshift.js restructuredtext.js solidity.js systemverilog.js pgsql.js
apple-touch-icon.png favicon-32x32.png manifest.webmanifest en-GB.json messages_pt_BR.properties locale-fr.js v2.0.0-beta.1.js chunk-vendors.js
chunk-common.js npm.react-dom.js vendors-node_modules_react-dom_index_js.js src_app_page_tsx.js ReactDOM.js McpTools.js XMLHttpRequest.js
OAuth2Client.js i18n-loader.js a11y-utils.js d3-array.js three.module.js webgl2-renderer.js WebGL2Renderer.js pdf.worker.js swiper-bundle.css
animate.min.css deadbeef.js facade.js decade.js Section2.js section-3.js windows1252.js iso-8859-15.js cp1252-encoder.js vs-dark.js hc-black.js
monokai.js solarized-light.js github-dark.js mode-typescript.js theme-tomorrow_night_eighties.js ext-language_tools.js keybinding-emacs.js
worker-coffee.js snippets-abc_notation.js build-1700000000.js snapshot-1700000000000.js data-12345678.json module-runner.js index.d.ts metadata.json
esm5.js fesm2022.js es2020.js MathJax.js AsciiMath.js TeX-AMS_CHTML.js SVGRenderer.js authProvider.js HomePage.js AboutPage.js LoginForm.js
UserList.js page-client.js not-found.js _app.js _document.js _error.js webpack-runtime.js framework.js polyfills.js main-app.js app-pages-internals.js
css-nth-child-of.js client-hints-dpr-width-viewport.js workflow-dispatch.js viewport-unit-variants.js x509_vfy.js v8-snapshot.js xxhash64.js
quickfix-providers.js environment.js lazyload.js indeterminate-checkbox.js notfound-loader.js parameters.js background.js workspace.js dashboard.js
checkboxes.js breadcrumb.js Accordion.js Breadcrumb.js DatePicker.js LineChart.js PieChart.js BarChart.js TreeView.js Tooltip.js Skeleton.js
404-not-found.js 3d-model-view.js 2fa-setup-app.js 1-introduction.js 2024-11-03-en.js user-settings.js 01-hello-world.js 0001-init-job.js 360-view-page.js`.split(
    /\s+/,
  );

const alphabets = {
  base64url: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-",
  base32: "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
  hex: "0123456789abcdef",
} as const;

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function hashes(alphabet: keyof typeof alphabets, length: number, count: number, seed = 7): string[] {
  const next = random(seed);
  return Array.from({ length: count }, () =>
    Array.from({ length }, () => alphabets[alphabet].charAt(Math.floor(next() * alphabets[alphabet].length))).join(""),
  );
}

/** All chunks of one real build with Next 16.4. */
const turbopackNames =
  `12t_lqu4wsh11 0dt4yyyp8sc_0 1-8_lu5s2-05v 34ro7g1s4zb_p 0mpbxcqwi0xhg 3-ab8e10ooctc 2t8u-wztkhzod 1b6icebm81_b7 2r8jtsy1azc2t
2db_9nklmf_yk 3vqq_jehx7895 1rwn3kddd66p6 3kjs7khcq5i33 1m0mj_3jfk7qk 204dowqx-6zw2 40moz-0il-21t 0al9eyr_-yuut 0x7i9plocg2ge 3y25t9pj4rbqq
007bo2y2zfxd8 01swouw5oww2n 0g2zqbtjx1x38 0sflifibeqxd6 0wv-mp799t1w0 0zbe3gmqfeny2 10f014idmsaij 14-de2hg0201j 15hu7jz7c-ums 196t9vpxrbpat
1wbktfxsz11ny 2-wsvdr_v_i7s 21hhi13yw_dyx 29u-gi7bpaji4 2sf65qeitu0m_ 327oqgounc5r0 38-w1z8va7ajy 3kr4181nuzli- 3rdrhw24l9q_3`.split(/\s+/);

describe("hashes in names", () => {
  it("Turbopack's of thirteen characters, also with dashes", () => {
    const stems = stemsOf(turbopackNames.map((name) => `chunks/${name}.js`));
    expect([...stems].filter(([, stem]) => stem !== "chunks/*.js")).toEqual([]);
  });

  it.each(real)("%s is %s", (path, stem) => {
    expect(stemsOf([path]).get(path)).toBe(stem);
  });

  it("none of the names that people give is taken for one", () => {
    expect(friends.length).toBeGreaterThan(170);
    const stems = stemsOf(friends.map((name) => `dist/${name}`));
    expect([...stems].filter(([path, stem]) => path !== stem)).toEqual([]);
  });

  it.each([
    ["base64url", 8, "-"],
    ["base64url", 8, "."],
    ["base32", 8, "-"],
    ["hex", 8, "."],
    ["hex", 16, "-"],
    ["hex", 20, "."],
  ] as const)("300 of %s with %i characters are all found beside one another", (alphabet, length, before) => {
    const paths = hashes(alphabet, length, 300).map((hash) => `assets/part${before}${hash}.js`);
    const stems = stemsOf(paths);
    expect(paths.filter((path) => stems.get(path) !== `assets/part${before}*.js`)).toEqual([]);
  });

  it("eight digits are a date alone, and a hash beside hashes", () => {
    const date = "assets/main.20241103.js";
    expect(stemsOf([date]).get(date)).toBe(date);
    const among = stemsOf([date, "assets/vendor.1a2b3c4d.js", "assets/runtime.99ab12cd.js"]);
    expect(among.get(date)).toBe("assets/main.*.js");
  });

  it("tells how sure it is", () => {
    expect(shapeOf("a/index-BqqDzcUh.js").parts).toEqual([{ at: 8, text: "BqqDzcUh", level: "sure" }]);
    expect(shapeOf("a/main.20241103.js").parts).toEqual([{ at: 7, text: "20241103", level: "perhaps" }]);
  });

  it("takes a very long name in linear time", () => {
    const path = `${"ab-_.".repeat(20_000)}.js`;
    expect(stemsOf([path]).size).toBe(1);
  });
});
