let loaded: typeof import('node:crypto') | undefined

/** Loaded when it is first needed: it takes 2 ms, and most runs of a worker need none. */
export function lazyCrypto(): typeof import('node:crypto') {
  return (loaded ??= process.getBuiltinModule('node:crypto'))
}
