import { createRequire } from 'node:module'

interface Legacy {
  readonly baseOf: (file: string) => string
  readonly closures: (offset: number) => Readonly<Record<string, (x: string) => unknown>>
}

/** A CommonJS file, loaded as CommonJS files load one another. */
export const legacy = createRequire(import.meta.url)('../fixtures/legacy.cjs') as Legacy
