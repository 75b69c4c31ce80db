import type { PoolOptions } from '../settings/pool-settings.ts'
import { Pool } from './pool.ts'

/**
 * Calls `fn` with a new pool, and closes the pool when `fn` has returned, resolved or thrown.
 *
 * Resolves to what `fn` returns, and rejects with what it throws.
 *
 * @throws {InvalidArgumentError} for unknown options and wrong values.
 */
export async function withPool<T>(options: PoolOptions, fn: (pool: Pool) => T | Promise<T>): Promise<T> {
  const pool = new Pool(options)
  try {
    return await fn(pool)
  } finally {
    await pool.close()
  }
}
