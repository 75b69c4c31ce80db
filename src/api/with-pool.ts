import type { PoolOptions } from '../settings/pool-settings.ts'
import { hostOf, Pool } from './pool.ts'

/**
 * Calls `fn` with a new pool, and closes the pool when `fn` has returned, resolved or thrown. Runs and queues that are left
 * then are cancelled, and calls finish; if `fn` threw, everything ends at once.
 *
 * Resolves to what `fn` returns, and rejects with what it throws.
 *
 * @throws {InvalidArgumentError} for unknown options and wrong values.
 */
export async function withPool<T>(options: PoolOptions, fn: (pool: Pool) => T | Promise<T>): Promise<T> {
  const pool = new Pool(options)
  let result: T
  try {
    result = await fn(pool)
  } catch (error) {
    hostOf(pool).abandon(true)
    await pool.terminate()
    throw error
  }
  await pool[Symbol.asyncDispose]()
  return result
}
