import { timerDelay } from '../../util/time.ts'
import type { PreparedFunction } from '../functions/prepared-function.ts'
import type { Chunk } from './chunk.ts'
import { ItemChunk } from './item-chunk.ts'
import type { Item } from './item.ts'
import type { Ending, Source, SourcePort } from './ports.ts'

/** Rules of a {@link BundlingSource}. */
export interface BundlingRules {
  /** Returns true if no more inputs come before some of those that are held have their outcome. */
  readonly isStuck?: (held: number) => boolean
  /** Inputs may be of several functions: some are called with one input, others with many. */
  readonly isMixed?: boolean
}

/** Longest time that slow inputs are read before messages of workers are handled, in milliseconds. */
const SLICE_MS = 2

/** Inputs of one function that wait until they are enough for a call. */
interface Forming {
  readonly items: Item[]
  /** The time up to which they wait. */
  readonly until: number
}

/**
 * Puts inputs together for functions that are called with several: a chunk has whole calls, as long as inputs are read.
 * Incomplete calls wait for `maxDelay`, and not at the end of the inputs.
 */
export class BundlingSource implements Source {
  readonly #inputs: Source
  readonly #isStuck: (held: number) => boolean
  readonly #isMixed: boolean
  #job!: SourcePort
  /** Complete calls. */
  #ready: (readonly Item[])[] = []
  readonly #forming = new Map<PreparedFunction, Forming>()
  #unit = 1
  #timer: NodeJS.Timeout | undefined
  #keepsAlive = true
  /** A look at the inputs is due at the end of this turn. */
  #looksSoon = false

  constructor(inputs: Source, { isStuck = () => false, isMixed = false }: BundlingRules = {}) {
    this.#inputs = inputs
    this.#isStuck = isStuck
    this.#isMixed = isMixed
  }

  attach(job: SourcePort): void {
    this.#job = job
    this.#inputs.attach?.(job)
  }

  /** The most inputs that one call gets, of those seen so far; 1 if inputs are of several functions. */
  get unit(): number {
    return this.#unit
  }

  /** Called when a function may come that is called with several inputs. */
  expect({ bundle }: PreparedFunction): void {
    if (bundle !== undefined && !this.#isMixed) this.#unit = Math.max(this.#unit, bundle.size)
  }

  get empty(): boolean {
    return this.#isEmpty && this.#inputs.empty
  }

  get exhausted(): boolean {
    return this.#isEmpty && this.#inputs.exhausted
  }

  get #isEmpty(): boolean {
    return this.#ready.length === 0 && this.#forming.size === 0
  }

  get error(): Ending | undefined {
    return this.#inputs.error
  }

  get hasTimeouts(): boolean {
    return this.#inputs.hasTimeouts === true
  }

  priority(): number | undefined {
    const first = this.#ready[0]?.[0] ?? [...this.#forming.values()][0]?.items[0]
    const next = this.#inputs.priority?.()
    return first === undefined || next === undefined ? next : Math.max(next, first.policy.priority)
  }

  remaining(): number | undefined {
    const rest = this.#inputs.remaining()
    return rest === undefined ? undefined : rest + this.#held
  }

  take(max: number): Chunk | undefined {
    const startedAt = performance.now()
    // Others may come without end.
    if (this.#isMixed && this.#nextDue() <= startedAt) this.#releaseDue()
    while (this.#ready.length === 0) {
      const chunk = this.#inputs.take(Math.ceil(max / this.#unit) * this.#unit)
      if (chunk === undefined) {
        this.#releaseLast()
        break
      }
      const functions = [...chunk.functions()]
      for (const fn of functions) this.expect(fn)
      if (this.#forming.size === 0 && isWhole(chunk, functions)) return chunk
      for (let offset = 0; offset < chunk.length; offset++) this.#add(chunk.item(offset))
      if (this.#ready.length === 0 && performance.now() - startedAt > SLICE_MS) {
        this.#releaseDue()
        if (this.#ready.length === 0) this.#lookSoon()
        break
      }
    }
    return this.#takeReady(max)
  }

  /** Removes the item with this tag. Returns false if it does not wait here. */
  remove(tag: unknown): boolean {
    for (const [fn, { items }] of this.#forming) {
      const at = items.findIndex((item) => item.tag === tag)
      if (at < 0) continue
      items.splice(at, 1)
      if (items.length === 0) this.#leave(fn)
      return true
    }
    return false
  }

  takeHeld(): Item[] {
    const items = [...this.#ready.flat(), ...[...this.#forming.values()].flatMap((one) => one.items)]
    this.#ready = []
    for (const fn of [...this.#forming.keys()]) this.#leave(fn)
    return items
  }

  hold(keepAlive: boolean): void {
    this.#keepsAlive = keepAlive
    if (keepAlive) this.#timer?.ref()
    else this.#timer?.unref()
    this.#inputs.hold?.(keepAlive)
  }

  stop(): void {
    this.takeHeld()
    this.#inputs.stop()
  }

  get #held(): number {
    let held = 0
    for (const items of this.#ready) held += items.length
    for (const { items } of this.#forming.values()) held += items.length
    return held
  }

  #add(item: Item): void {
    const { fn } = item
    const { size, maxDelay } = fn.bundle ?? { size: 1, maxDelay: 0 }
    let forming = this.#forming.get(fn)
    // All inputs of a call are sent in the same way.
    if (forming !== undefined && !fit(forming.items[0] as Item, item)) {
      this.#release(fn)
      forming = undefined
    }
    if (forming === undefined) this.#forming.set(fn, (forming = { items: [], until: performance.now() + maxDelay }))
    forming.items.push(item)
    if (forming.items.length >= size) this.#release(fn)
  }

  #release(fn: PreparedFunction): void {
    const { items = [] } = this.#forming.get(fn) ?? {}
    this.#leave(fn)
    if (items.length > 0) this.#ready.push(items)
  }

  /** Nothing of a function waits any more. */
  #leave(fn: PreparedFunction): void {
    this.#forming.delete(fn)
    if (this.#forming.size > 0) return
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** Releases incomplete calls that have waited for `maxDelay`. */
  #releaseDue(): void {
    const now = performance.now()
    for (const [fn, { until }] of this.#forming) if (until <= now) this.#release(fn)
  }

  /** Releases incomplete calls that must not wait longer, now that no inputs are ready. */
  #releaseLast(): void {
    this.#releaseDue()
    const held = this.#held
    const isStuck = this.#forming.size > 0 && this.#isStuck(held)
    for (const fn of [...this.#forming.keys()])
      if (isStuck || (this.#inputs.isDry?.(fn, held) ?? this.#inputs.exhausted)) this.#release(fn)
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#forming.size === 0) return
    this.#timer = setTimeout(() => this.#job.wake(), timerDelay(Math.ceil(this.#nextDue() - performance.now())))
    if (!this.#keepsAlive) this.#timer.unref()
  }

  /** Returns the time up to which the first incomplete call waits. */
  #nextDue(): number {
    let next = Infinity
    for (const { until } of this.#forming.values()) next = Math.min(next, until)
    return next
  }

  #takeReady(max: number): Chunk | undefined {
    const [first] = this.#ready
    if (first === undefined) return undefined
    const items: Item[] = []
    let isOpen = true
    while (isOpen) {
      const [call] = this.#ready
      const [item] = call ?? []
      if (call === undefined || item === undefined) break
      if (items.length > 0 && (items.length + call.length > max || !fit(first[0] as Item, item))) break
      this.#ready.shift()
      items.push(...call)
      // A later input of the same function would become a part of an incomplete call.
      isOpen = call.length >= (item.fn.bundle?.size ?? 1)
    }
    return new ItemChunk(items)
  }

  #lookSoon(): void {
    if (this.#looksSoon) return
    this.#looksSoon = true
    setImmediate(() => {
      this.#looksSoon = false
      this.#job.wake()
    })
  }
}

/** Returns true if a chunk has whole calls only. */
function isWhole({ length }: Chunk, [fn, ...others]: readonly PreparedFunction[]): boolean {
  if (others.length > 0) return fn?.bundle === undefined && others.every(({ bundle }) => bundle === undefined)
  return length % (fn?.bundle?.size ?? 1) === 0
}

function fit(one: Item, other: Item): boolean {
  return one.spread === other.spread && one.row?.format === other.row?.format
}
