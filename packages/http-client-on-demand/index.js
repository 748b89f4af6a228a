// What @actions/core imports from @actions/http-client, which it needs for OpenID Connect tokens alone: without it a gate starts without node:https
// and node:tls. See docs/decisions/0003-undici-on-demand.md.

/** Bundles find it in dist/shared/http-client: the build replaces this text. */
const adapter = "./adapters/http-client.js";

/** The real client, made by the first request. */
export class HttpClient {
  #given;
  constructor(...given) {
    this.#given = given;
  }
  async getJson(...given) {
    const real = await import(/* webpackIgnore: true */ adapter);
    return new real.HttpClient(...this.#given).getJson(...given);
  }
}
