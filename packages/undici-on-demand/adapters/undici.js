export { fetch, ProxyAgent } from "undici-real";
