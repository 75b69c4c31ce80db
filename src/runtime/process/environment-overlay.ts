/**
 * Gives this thread environment variables of its own on top of the host's: it sees the host's present values, and
 * variables set by its tasks stay here.
 */
export function overlayEnvironment(
  host: NodeJS.ProcessEnv,
  own: Readonly<Record<string, string>> = {},
): NodeJS.ProcessEnv {
  const set = new Map<string, string | undefined>(Object.entries(own))
  const read = (name: string | symbol): string | undefined =>
    typeof name === 'symbol' ? undefined : set.has(name) ? set.get(name) : host[name]
  return new Proxy(
    {},
    {
      get: (_, name) => read(name),
      has: (_, name) => read(name) !== undefined,
      set(_, name, value) {
        if (typeof name === 'string') set.set(name, String(value))
        return true
      },
      deleteProperty(_, name) {
        if (typeof name === 'string') set.set(name, undefined)
        return true
      },
      ownKeys: () => [...new Set([...Object.keys(host), ...set.keys()])].filter((name) => read(name) !== undefined),
      getOwnPropertyDescriptor(_, name) {
        const value = read(name)
        return value === undefined ? undefined : { value, writable: true, enumerable: true, configurable: true }
      },
      defineProperty(_, name, descriptor) {
        if (typeof name === 'string') set.set(name, String(descriptor.value))
        return true
      },
    },
  )
}
