import assert from 'node:assert/strict'
import { inspect } from 'node:util'

import { isManyhandsError, Pool, WorkerInitError } from 'manyhands'

import type { CaseFunction } from '../case.js'

const CANARY = 'canary-7c1f93'

export function fail(how: string): unknown {
  switch (how) {
    case 'throw':
      throw new Error('failed')
    case 'exit':
      return process.exit(3)
    case 'result':
      return () => 1
    case 'late':
      void Promise.reject(new Error('late'))
      return new Promise((resolve) => setTimeout(() => resolve(how), 20))
    case 'hang':
      return new Promise(() => {})
    default:
      return process.env['CASE_TOKEN'] === undefined ? 'absent' : 'present'
  }
}

/** F50: tasks have the environment; nothing that the pool says tells what is in it. */
export const environment: CaseFunction = async ({ backend }) => {
  process.env['CASE_TOKEN'] = CANARY
  const said: string[] = []
  const hear = (what: unknown): void => void said.push(inspect(what, { depth: Infinity, showHidden: true }))
  process.on('warning', hear)
  const write = process.stderr.write.bind(process.stderr)
  process.stderr.write = (text: string | Uint8Array): boolean => {
    hear(String(text))
    return true
  }
  const own = backend === 'serial' ? {} : { env: { CASE_SECRET: `${CANARY}-own` } }
  const pool = new Pool({ backend, workers: 2, ...own })
  const kinds = ['throw', 'result', 'late', 'hang', 'env', ...(backend === 'serial' ? [] : ['exit'])]
  const options = { onError: 'return', timeout: 2_000, onEvent: hear, logs: 'ordered', progress: hear } as const
  const outcomes = await pool.map(kinds, fail, options)
  assert.equal(outcomes[4], 'present')
  for (const outcome of outcomes) if (isManyhandsError(outcome)) hear(outcome)
  hear(pool.stats())
  if (backend !== 'serial') {
    const cannotStart = new Pool({ backend, workers: 1, execArgv: ['--no-such-option'], ...own })
    hear(await cannotStart.run(fail, 'env').catch((error: unknown) => error))
    await cannotStart.close()
  }
  const broken = new Pool({
    backend,
    workers: 1,
    init: () => {
      throw new Error('no license')
    },
    ...own,
  })
  const initError: unknown = await broken.run(fail, 'env').catch((error: unknown) => error)
  assert.ok(initError instanceof WorkerInitError)
  hear(initError)
  await Promise.all([pool.close(), broken.close()])
  process.stderr.write = write
  assert.ok(said.length >= kinds.length, 'nothing was said')
  for (const text of said) assert.ok(!text.includes(CANARY), text)
}
