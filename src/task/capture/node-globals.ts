/** What Node itself puts onto `globalThis` in a way that can be enumerated. Anything else there is the program's. */
const NODE_GLOBALS: ReadonlySet<string> = new Set([
  'atob',
  'btoa',
  'clearImmediate',
  'clearInterval',
  'clearTimeout',
  'crypto',
  'fetch',
  'global',
  'localStorage',
  'navigator',
  'performance',
  'process',
  'console',
  'queueMicrotask',
  'sessionStorage',
  'setImmediate',
  'setInterval',
  'setTimeout',
  'structuredClone',
])

export function isNodeGlobal(name: string): boolean {
  return NODE_GLOBALS.has(name)
}

/** The value of a variable that the program put onto `globalThis`; workers do not have it. */
export function programGlobal(name: string): { readonly value: unknown } | undefined {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, name)
  if (descriptor === undefined || !('value' in descriptor)) return undefined
  return descriptor.enumerable === true && !isNodeGlobal(name) ? { value: descriptor.value } : undefined
}
