import { fileURLToPath } from 'node:url'

import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { describeValue } from '../options/describe-value.ts'
import { FileInput } from '../wire/values/file-input.ts'

/**
 * A result that is loaded when it is needed. As an argument of a cached function it is known by its value's hash, and
 * loaded only if that function is really called.
 */
export class Ref<T = unknown> {
  /** The key of the call. */
  readonly key: string
  /**
   * The hash of the value: equal values have equal hashes, of 64 hex digits. Undefined if the value cannot be stored, or names
   * files.
   */
  readonly valueHash: string | undefined
  readonly #load: () => Promise<T>

  constructor(key: string, valueHash: string | undefined, load: () => Promise<T>) {
    this.key = key
    this.valueHash = valueHash
    this.#load = load
  }

  /** Resolves to the value: from the cache, or computed again if it is gone. A new copy at each call. */
  load(): Promise<T> {
    return this.#load()
  }
}

/**
 * A file as an argument: the function gets `{ path }`, a cache knows it by its content, wherever it lies.
 *
 * Reading it takes about 0.6 ms a MB; while its size and times stay the same it is read once in a process.
 *
 * @throws {InvalidArgumentError} for anything but a path or a file's URL.
 */
export function file(path: string | URL): FileInput {
  if (path instanceof URL && path.protocol === 'file:') return new FileInput(fileURLToPath(path))
  if (typeof path === 'string' && path !== '') return new FileInput(path)
  throw new InvalidArgumentError('file(path)', "a path, or a URL with 'file:'", describeValue(path))
}
