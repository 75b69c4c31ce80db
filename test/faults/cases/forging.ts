import assert from 'node:assert/strict'
import { readFileSync, writeSync } from 'node:fs'
import { serialize } from 'node:v8'

import { Pool, WorkerCrashedError } from 'manyhands'

import type { CaseFunction } from '../case.js'

/** Where a worker process writes to its host. */
const TO_HOST = 4

/** The number that marks the frames of this worker: whoever looks for it can find it. */
function nonce(): number {
  const args = readFileSync('/proc/self/cmdline', 'utf8').split('\0')
  const start = args.find((arg) => arg.startsWith('{"nonce":')) as string
  return (JSON.parse(start) as { nonce: number }).nonce
}

function writeFrame(body: Uint8Array, length = body.length): void {
  const header = Buffer.alloc(8)
  header.writeUInt32LE(nonce(), 0)
  header.writeUInt32LE(length, 4)
  writeSync(TO_HOST, Buffer.concat([header, body]))
}

/** Speaks to the host in its worker's name. */
export async function forge(kind: string): Promise<string> {
  switch (kind) {
    case 'unknown':
      for (const batch of [0, 99_999, -1]) writeFrame(serialize([batch, 0, 0, 8, true, ['forged']]))
      for (const type of ['done', 'cancelled', 'loaded', 'load-failed', 'no such frame', '__proto__'])
        writeFrame(serialize({ type, batch: 77_777, offset: 3, fn: 88_888, results: { values: [] } }))
      return kind
    case 'random':
      writeFrame(Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 37) % 256)))
      break
    case 'null':
      writeFrame(serialize(null))
      break
    case 'deep':
      // Arrays in arrays, as V8 writes them.
      writeFrame(Buffer.concat([Buffer.from([0xff, 0x0f]), Buffer.alloc(60_000, Buffer.from([0x41, 1]))]))
      break
    case 'huge':
      writeFrame(Buffer.alloc(0), 2 ** 32 - 1)
      break
    default:
      return kind
  }
  // The host must notice by itself.
  return new Promise(() => {})
}

/** F47, F48: frames with the right mark that say nothing, or what is not so: the worker is lost at most. */
export const frames: CaseFunction = async ({ backend }) => {
  const pool = new Pool({ backend, workers: 2 })
  const inputs = ['a', 'unknown', 'b', 'unknown', 'c']
  assert.deepEqual(await pool.map(inputs, forge), inputs)
  assert.equal(pool.stats().restarts, 0)
  for (const kind of ['random', 'null', 'deep', 'huge']) {
    const [error, fine] = await pool.map([kind, 'fine'], forge, { batch: 1, workerDeaths: 0, onError: 'return' })
    assert.ok(error instanceof WorkerCrashedError, `${kind}: ${String(error)}`)
    assert.equal(fine, 'fine')
  }
  assert.deepEqual(await pool.map([1, 4], Math.sqrt), [1, 2])
  await pool.close()
}
