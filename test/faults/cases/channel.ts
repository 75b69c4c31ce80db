import assert from 'node:assert/strict'
import { closeSync, writeSync } from 'node:fs'

import { map, Pool, WorkerCrashedError } from 'manyhands'

import type { CaseFunction } from '../case.js'

/** Does things to what belongs to the pool. The last descriptors are its own. */
export async function meddle(kind: string): Promise<string> {
  const [what, fd] = kind.split(' ')
  switch (what) {
    case 'write':
      writeSync(Number(fd), 'console.log was here\n'.repeat(10))
      // The host only writes there.
      if (fd === '3') return kind
      break
    case 'close':
      closeSync(Number(fd))
      break
    case 'send': {
      const patched = process as { send?: unknown; disconnect?: unknown; connected?: unknown }
      patched.send = () => {
        throw new Error('patched')
      }
      patched.disconnect = patched.send
      patched.connected = false
      return kind
    }
    case 'parentPort': {
      const { parentPort } = await import('node:worker_threads')
      parentPort?.postMessage({ type: 'done', batch: 1, offsets: 0, results: { values: ['forged'] } })
      parentPort?.postMessage(null)
      return kind
    }
    case 'listeners':
      process.removeAllListeners()
      return kind
    default:
      return kind
  }
  // What it did must show while it runs: on its own it never ends.
  return new Promise(() => {})
}

/** F32: a task that writes to the pool's channels, or closes them, loses its worker; others are unhurt. */
export const descriptors: CaseFunction = async ({ backend, note }) => {
  const pool = new Pool({ backend, workers: 2 })
  const kinds = ['write 4', 'write 5', 'close 3', 'close 4', 'close 5']
  for (const kind of kinds) {
    const startedAt = performance.now()
    const [error, fine] = await pool.map([kind, 'fine'], meddle, { batch: 1, workerDeaths: 0, onError: 'return' })
    assert.ok(error instanceof WorkerCrashedError, `${kind}: ${String(error)}`)
    assert.equal(fine, 'fine')
    note(kind, [error.reason, error.exitCode, error.signal, performance.now() - startedAt])
  }
  assert.deepEqual(await pool.map([1, 4], Math.sqrt), [1, 2])
  await pool.close()
}

/** F32: what is there for tasks is theirs to break. */
export const ownThings: CaseFunction = async ({ backend }) => {
  const kinds = ['send', 'parentPort', ...(backend === 'processes' ? ['listeners', 'write 3'] : [])]
  for (const kind of kinds) {
    const inputs = [kind, 'a', 'b', kind, 'c']
    assert.deepEqual(await map(inputs, meddle, { backend, workers: 2 }), inputs, kind)
  }
}
