import { readFileSync } from 'node:fs'
import { availableParallelism, machine, release, totalmem, type } from 'node:os'

import type { RunStarted } from '../../observe/observer.ts'
import { PACKAGE_ROOT } from '../../util/own-package.ts'

/** Collects what the head of a run tells beside its code. `given`: what the caller knows of it. */
export function runFacts(
  { run, at, backend, workers, total, functions, edges }: RunStarted,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return {
    name: run.name,
    started: Math.round(at * 1_000) / 1_000,
    total,
    backend,
    workers: Number.isFinite(workers) ? workers : undefined,
    functions: functions.map(({ name, steps }) => ({ name, steps })),
    edges,
    ...given,
    env: {
      manyhands: ownVersion(),
      node: process.versions.node,
      system: `${type()} ${release()} ${machine()}`,
      cores: availableParallelism(),
      memory: totalmem(),
    },
  }
}

function ownVersion(): string | undefined {
  try {
    const text = readFileSync(new URL('../package.json', PACKAGE_ROOT), 'utf8')
    return (JSON.parse(text) as { readonly version: string }).version
  } catch {
    // The code may have been bundled into something else.
    return undefined
  }
}
