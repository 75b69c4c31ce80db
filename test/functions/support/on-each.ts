import { test } from 'node:test'

import { type Results, setDefaults } from 'manyhands'

/** The backends of this machine: what a function may do must not depend on which one runs it. */
export const BACKENDS = ['serial', 'threads', 'processes'] as const

export type BackendName = (typeof BACKENDS)[number]

// The tests are about functions, not about speed: one worker each keeps them quick on small machines.
setDefaults({ workers: 1 })

/** Registers a test for each backend. */
export function onEach(what: string, body: (backend: BackendName) => Promise<void>): void {
  for (const backend of BACKENDS) test(`${what}: ${backend}`, () => body(backend))
}

/** The only value of a run with one input. */
export async function one<R>(results: Results<R>): Promise<R> {
  const values = await results
  if (values.length !== 1) throw new Error(`expected one value, got ${values.length}`)
  return values[0] as R
}
