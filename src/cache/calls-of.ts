import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { hostClasses } from '../task/register-class.ts'
import { messageOf } from '../util/message-of.ts'
import type { ClassRegistry } from '../wire/codec/class-registry.ts'
import { Ref } from './arguments.ts'
import type { WrappedFunction } from './cache-access.ts'
import type { CallRequest } from './cached-call.ts'
import { argumentHash, type CallKey, callKey, storedHash } from './call-key.ts'
import type { Identity } from './identify.ts'
import { warnOnce } from './store/cache-report.ts'

/** Makes requests of the calls of one function, as it was identified once. */
export class CallsOf {
  readonly identity: Identity
  readonly #wrapped: WrappedFunction
  readonly #constants: readonly unknown[]
  /** The hash of each constant, made when it is first needed. */
  readonly #hashes: Buffer[] = []
  readonly #classes: () => ClassRegistry | undefined

  /** `constants` come after the arguments of each call. `classes` returns those whose instances can be hashed and stored. */
  constructor(
    identity: Identity,
    wrapped: WrappedFunction,
    constants: readonly unknown[] = [],
    classes: () => ClassRegistry | undefined = hostClasses,
  ) {
    this.identity = identity
    this.#wrapped = wrapped
    this.#constants = constants
    this.#classes = classes
  }

  /** Returns the request for a call; undefined if an argument has no hash, which is counted, and warned about once. */
  request(args: readonly unknown[]): CallRequest | undefined {
    const { cache, rules } = this.#wrapped
    try {
      return this.#request(this.keyOf(args))
    } catch (error) {
      cache.counts.unstorable++
      const { name, fn } = this.identity
      const advice = 'give cache.wrap a key, or leave the argument out with ignore'
      if (rules.key === undefined)
        warnOnce(`key ${fn}`, `calls of ${name} are not cached: ${messageOf(error)}. To cache them ${advice}`)
      else
        warnOnce(
          `key ${fn}`,
          `calls of ${name} are not cached: what its key() gave cannot be hashed: ${messageOf(error)}`,
        )
      return undefined
    }
  }

  /**
   * Returns the request for a call whose key is needed.
   *
   * @throws {InvalidArgumentError} if an argument has no hash.
   */
  requireRequest(args: readonly unknown[]): CallRequest {
    try {
      return this.#request(this.keyOf(args))
    } catch (error) {
      throw new InvalidArgumentError('args', 'arguments that can be hashed', messageOf(error))
    }
  }

  /** Returns the key of a call. Throws if an argument has no hash. */
  keyOf(args: readonly unknown[]): CallKey {
    const { key } = this.#wrapped.rules
    if (key !== undefined)
      return callKey(this.identity, [argumentHash(key(...([...args, ...this.#constants] as never[])))])
    const hashes = args.map((arg, i) => this.#hashOf(arg, i))
    for (const [i, constant] of this.#constants.entries()) hashes.push(this.#constantHash(constant, i, args.length))
    return callKey(this.identity, hashes)
  }

  #constantHash(constant: unknown, i: number, before: number): Buffer | undefined {
    if (this.#wrapped.rules.ignore?.includes(before + i) === true) return undefined
    return (this.#hashes[i] ??= argumentHash(constant, this.#classes()))
  }

  #hashOf(arg: unknown, position: number): Buffer | undefined {
    if (this.#wrapped.rules.ignore?.includes(position) === true) return undefined
    return (arg instanceof Ref ? storedHash(arg.valueHash) : undefined) ?? argumentHash(arg, this.#classes())
  }

  #request(key: CallKey): CallRequest {
    const { cache, rules } = this.#wrapped
    const { ttl, codec } = rules
    return { ...key, identity: this.identity, ttl, codec, classes: this.#classes(), counts: cache.counts }
  }
}
