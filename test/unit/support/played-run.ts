import assert from 'node:assert/strict'

import { type MapOptions, Pool, type Results } from 'manyhands'

import { until } from '../../support/until.js'
import { ScriptedBackend, type ScriptedWorker } from './scripted-backend.js'
import { valuesOf } from './work.js'

/** A run of a pool, each input in a batch of its own, whose only worker the test plays. */
export class PlayedRun implements AsyncDisposable {
  readonly results: Results<number>
  readonly #backend = new ScriptedBackend()
  readonly #pool: Pool

  constructor(inputs: Iterable<number>, fn: (input: number) => unknown, options: MapOptions<number> = {}) {
    this.#pool = new Pool({ backend: this.#backend as never, workers: 1 })
    this.results = this.#pool.map(inputs, fn, { batch: 1, ...options }) as unknown as Results<number>
  }

  /** The workers that were started. */
  get workers(): readonly ScriptedWorker[] {
    return this.#backend.workers
  }

  /** The worker, once it is up and has something to do. */
  async worker(): Promise<ScriptedWorker> {
    this.results.start()
    const worker = await this.#backend.worker(0)
    await until(() => worker.batches.length > 0)
    worker.ready()
    return worker
  }

  /** So many inputs get their outcome, one after the other: themselves, or an error. Resolves to what was sent of them. */
  async finish(count: number, thrown?: unknown): Promise<unknown[]> {
    const inputs: unknown[] = []
    for (let i = 0; i < count; i++) {
      const worker = await this.worker()
      const [batch] = worker.batches
      assert.ok(batch)
      inputs.push(...valuesOf(batch))
      if (thrown === undefined) worker.finish(batch)
      else worker.fail(batch, 0, thrown, true)
    }
    return inputs
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const worker of this.#backend.workers) worker.die({ reason: 'exit', exitCode: 0 })
    await this.#pool.terminate()
  }
}

/** A run of the numbers below `count`. */
export function playedRun(count: number, options: MapOptions<number> = {}): PlayedRun {
  return new PlayedRun(
    Array.from({ length: count }, (_, i) => i),
    (input) => input,
    options,
  )
}
