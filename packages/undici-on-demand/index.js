// What @actions/http-client and @actions/github import from undici, without paying for undici at start-up: the real one is loaded by the
// first request that goes through a proxy. See docs/decisions/0003-undici-on-demand.md.

/** Bundles find it in dist/shared/undici: the build replaces this text. */
const adapter = "./adapters/undici.js";
const load = () => import(/* webpackIgnore: true */ adapter);

/** A dispatcher that becomes undici's ProxyAgent on its first use. */
export class ProxyAgent {
  #options;
  #real;
  constructor(options) {
    this.#options = options;
  }
  async real() {
    this.#real ??= load().then((undici) => new undici.ProxyAgent(this.#options));
    return this.#real;
  }
  async close() {
    if (this.#real) await (await this.#real).close();
  }
  async destroy(error) {
    if (this.#real) await (await this.#real).destroy(error);
  }
}

/** Node's own fetch, unless a dispatcher (a proxy) is given. */
export async function fetch(input, init) {
  if (!init?.dispatcher) return globalThis.fetch(input, init);
  const undici = await load();
  const dispatcher = init.dispatcher instanceof ProxyAgent ? await init.dispatcher.real() : init.dispatcher;
  return undici.fetch(input, { ...init, dispatcher });
}
