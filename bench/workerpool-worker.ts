import { createRequire } from 'node:module'

import { noop, spin, touch } from './tasks.ts'

interface Workerpool {
  worker(functions: Record<string, (data: never) => unknown>): void
}

const workerpool = createRequire(new URL('../../bench/peers/package.json', import.meta.url))('workerpool') as Workerpool

workerpool.worker({ noop, spin, touch })
