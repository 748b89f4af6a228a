/** An object all of whose members are asynchronous functions. */
type AsyncPort = { readonly [name: string]: (...given: never[]) => Promise<unknown> };

/** A port whose adapter is loaded by the first call. */
export function lazily<T extends { [K in keyof T]: (...given: never[]) => Promise<unknown> }>(load: () => Promise<T>): T {
  let loading: Promise<T> | undefined;
  const target: AsyncPort = {};
  return new Proxy(target, {
    get(_, name) {
      // A promise that resolves with this port must not take it for a promise of its own.
      if (name === "then" || typeof name === "symbol") return undefined;
      return async (...given: never[]) => {
        loading ??= load();
        const port = await loading;
        return port[name as keyof T](...given);
      };
    },
  }) as unknown as T;
}
