import { createRequire } from 'node:module'

import { noop, spin, touch } from './tasks.ts'

interface Poolifier {
  readonly ThreadWorker: new (functions: Record<string, (data: never) => unknown>) => unknown
}

const { ThreadWorker } = createRequire(new URL('../../bench/peers/package.json', import.meta.url))(
  'poolifier',
) as Poolifier

export const worker: unknown = new ThreadWorker({ noop, spin, touch })
