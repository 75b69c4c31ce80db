import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { byteSize, milliseconds, positiveNumber } from '../options/checks.ts'
import { describeValue } from '../options/describe-value.ts'
import { readOptions } from '../options/read-options.ts'
import { type CacheAccess, giveAccess } from './cache-access.ts'
import type { CachedFunction } from './cached-function.ts'
import { type CacheCounts, newCounts } from './store/cache-report.ts'
import type { Limits } from './store/maintenance/prune.ts'
import { openStore } from './store/open-store.ts'
import type { Store } from './store/store.ts'
import { wrap, type WrapOptions } from './wrap.ts'

/** The limits of a cache. */
export interface CacheOptions {
  /**
   * Bytes on disk, or a size such as `'10G'`: above it the results used longest ago are removed. No limit by default.
   */
  readonly maxBytes?: number | string | undefined
  /** Milliseconds since a result was stored; older ones do not count. No limit by default. */
  readonly maxAge?: number | undefined
}

/** The calls that a cache has counted in this process so far, and the bytes that its folder takes. */
export interface CacheStats extends Readonly<CacheCounts> {
  readonly bytes: number
}

/** The folder of a cache that names none. */
const DEFAULT_FOLDER = '.manyhands/cache'

const TABLE = {
  maxBytes: (value: unknown, option: string): number => positiveNumber(byteSize(value, option), option),
  maxAge: milliseconds(0),
}

/**
 * A folder that stores the results of functions, shared by any number of processes and threads.
 *
 * A result that was stored is there for all when the promise of its call or run resolves. The folder is made with the
 * first.
 */
export class Cache {
  readonly #store: Store | undefined
  readonly #counts: CacheCounts = newCounts()
  readonly #access: CacheAccess

  /**
   * `dir`: the folder, by default `.manyhands/cache`, as that of the command; `null` for a cache that keeps nothing, and lets
   * all calls through.
   *
   * @throws {InvalidArgumentError} for wrong options, and if the folder is a file or belongs to another user.
   */
  constructor(dir: string | null = DEFAULT_FOLDER, options?: CacheOptions) {
    if (dir !== null && (typeof dir !== 'string' || dir === ''))
      throw new InvalidArgumentError('dir', 'the path of a folder, or null for no cache', describeValue(dir))
    const limits: Limits = readOptions(options, TABLE)
    const location = dir === null ? undefined : { ...limits, dir }
    this.#store = location && openStore(location)
    this.#access = { location: location && { ...location, dir: (this.#store as Store).dir }, counts: this.#counts }
    giveAccess(this, this.#access)
  }

  /** The folder; null if nothing is kept. */
  get dir(): string | null {
    return this.#store?.dir ?? null
  }

  /**
   * Puts this cache before a function: equal arguments to equal code give the result that was stored.
   *
   * Part of the key is the code of the function's module and of all that it imports, and what the function captured; for
   * calls it is read once, now. Equal calls at the same time are computed once. Errors are never stored. A result that
   * is there takes about 10 µs.
   *
   * @example const resize = cache.wrap(resizeImage); await resize('photo.jpg', 800)
   *
   * @throws {InvalidArgumentError} for anything but a function, and for wrong options.
   */
  wrap<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    options?: WrapOptions<A, Awaited<R>>,
  ): CachedFunction<A, Awaited<R>> {
    return wrap(fn, this.#access, options) as unknown as CachedFunction<A, Awaited<R>>
  }

  /** Returns the counts so far, as a frozen plain object. Looks through the folder for its size. */
  stats(): CacheStats {
    return Object.freeze({ ...this.#counts, bytes: this.#store?.bytes() ?? 0 })
  }

  /** Reads all results, and removes broken ones. Resolves to the counts, and the keys of the broken ones. */
  async verify(): Promise<{ readonly entries: number; readonly bytes: number; readonly corrupt: readonly string[] }> {
    const report = this.#store?.verify() ?? { entries: 0, bytes: 0, corrupt: [] }
    this.#counts.corrupt += report.corrupt.length
    return report
  }

  /** Removes results that are too old, then those used longest ago until the rest fits, and tidies up. */
  async prune(limits?: CacheOptions): Promise<{ readonly removed: number; readonly bytes: number }> {
    return this.#store?.prune({ ...this.#store.limits, ...readOptions(limits, TABLE) }) ?? { removed: 0, bytes: 0 }
  }

  /** Removes all results. */
  async clear(): Promise<void> {
    this.#store?.clear()
  }
}
