import type { PoolOptions } from '../settings/pool-settings.ts'
import { Pool } from './pool.ts'

/**
 * Runs a callback with a pool of its own, and closes the pool when it is done, however it ends.
 *
 * Returns what the callback returns, and throws what it throws.
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
