import { ClosedError } from '../../errors/run-errors.ts'
import type { QueueSlots } from '../../pool/backend/queue-slots.ts'
import { prepareFunctions, type PrepareOptions, reuseKey } from '../../pool/functions/prepare.ts'
import type { PreparedFunction } from '../../pool/functions/prepared-function.ts'
import type { Dispatcher } from '../../pool/scheduling/dispatcher.ts'
import type { HostSettings } from '../../settings/pool-settings.ts'
import { batchedOf } from '../../task/bundle.ts'
import { Stateful } from '../../task/stateful.ts'
import type { TaskFunction } from '../../task/task-function.ts'
import type { Abortable, RunHost } from './run-host.ts'

/** The inside of a pool: its dispatcher, made when first needed, and the runs and queues that use it. */
export class PoolHost implements RunHost {
  readonly slots: QueueSlots
  readonly isSerial: boolean
  readonly init: (() => unknown) | undefined
  readonly #settings: HostSettings
  readonly #make: () => Promise<Dispatcher>
  readonly #runs = new Set<Abortable>()
  /** Queues that are not closed, idle ones included. */
  readonly #queues = new Set<Abortable>()
  readonly #stateful = new Map<Stateful, StatefulUses>()
  #dispatcher: Dispatcher | Promise<Dispatcher> | undefined
  #workers: number
  #closed = false
  #onIdle: (() => void)[] = []

  constructor(
    workers: number,
    settings: HostSettings & { readonly init?: () => unknown },
    slots: QueueSlots,
    isSerial: boolean,
    make: () => Promise<Dispatcher>,
  ) {
    this.#workers = workers
    this.isSerial = isSerial
    this.#settings = settings
    this.init = settings.init
    this.slots = slots
    this.#make = make
  }

  get own(): HostSettings {
    const { concurrency, logs, observe } = this.#settings
    return {
      workers: this.#workers,
      ...(concurrency && { concurrency }),
      ...(logs && { logs }),
      ...(observe && { observe }),
    }
  }

  get workers(): number {
    return this.#workers
  }

  set workers(workers: number) {
    this.#workers = workers
    const dispatcher = this.#dispatcher
    if (dispatcher === undefined) return
    if (dispatcher instanceof Promise) void dispatcher.then((ready) => ready.resize(this.#workers))
    else dispatcher.resize(workers)
  }

  /** The dispatcher, if one was needed so far and is ready. */
  get current(): Dispatcher | undefined {
    return this.#dispatcher instanceof Promise ? undefined : this.#dispatcher
  }

  open(): void {
    if (this.#closed) throw new ClosedError('the pool is closed')
  }

  dispatcher(): Dispatcher | Promise<Dispatcher> {
    return (this.#dispatcher ??= this.#make().then(
      (ready) => (this.#dispatcher = ready),
      (error: unknown) => {
        // The next run tries again.
        this.#dispatcher = undefined
        throw error
      },
    ))
  }

  async prepare(fn: TaskFunction, options: PrepareOptions): Promise<readonly PreparedFunction[]> {
    const inner = batchedOf(fn)?.fn
    if (inner instanceof Stateful) return [await this.#prepareStateful(inner, options, fn)]
    if (typeof fn === 'function') return prepareFunctions(fn, options)
    const parts = fn instanceof Stateful ? [fn] : fn
    return Promise.all(parts.map((part) => this.#prepareStateful(part, options, part)))
  }

  enter(run: Abortable): void {
    this.#runs.add(run)
  }

  leave(run: Abortable): void {
    this.#runs.delete(run)
    if (this.#runs.size > 0) return
    const waiting = this.#onIdle
    this.#onIdle = []
    for (const resolve of waiting) resolve()
  }

  /** Queues that are not closed. */
  get queues(): number {
    return this.#queues.size
  }

  /** Registers a queue until `closeQueue` is called with it: closing the pool ends it. */
  openQueue(queue: Abortable): void {
    this.#queues.add(queue)
  }

  closeQueue(queue: Abortable): void {
    this.#queues.delete(queue)
  }

  /** Takes no more runs, waits at most `timeout` milliseconds for those that run, then stops the workers. */
  async shutDown(timeout: number): Promise<void> {
    this.#closed = true
    if (timeout > 0) await this.#idle(timeout)
    const reason = new ClosedError('the pool was closed')
    for (const one of [...this.#runs, ...this.#queues]) one.abort(reason)
    const dispatcher = await this.#made()
    await dispatcher?.shutDown(timeout > 0)
  }

  /**
   * Ends the runs and queues that are left when a block is over: nothing reads them any more. With `all` single calls, too.
   */
  abandon(all: boolean): void {
    const reason = new ClosedError('the block of the pool has ended')
    for (const one of [...this.#runs, ...this.#queues]) {
      if (!all && one.finishes === true) continue
      one.abandon?.()
      one.abort(reason)
    }
  }

  /** Resolves to the dispatcher, also if it is still being made; undefined if there is none. */
  async #made(): Promise<Dispatcher | undefined> {
    try {
      return await this.#dispatcher
    } catch {
      return undefined
    }
  }

  /** Resolves when nothing runs any more, or after `timeout` milliseconds. */
  async #idle(timeout: number): Promise<void> {
    if (this.#runs.size === 0) return
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      this.#onIdle.push(resolve)
      if (timeout < 2 ** 31) timer = setTimeout(resolve, timeout)
    })
    clearTimeout(timer)
  }

  /**
   * Prepares a stateful worker, or a batched function `fn` that calls one. All its uses share its instances, which live as
   * long as the pool.
   */
  #prepareStateful(part: Stateful, options: PrepareOptions, fn: TaskFunction): Promise<PreparedFunction> {
    let uses = this.#stateful.get(part)
    if (uses === undefined) this.#stateful.set(part, (uses = { instance: ++lastInstance, known: new WeakMap() }))
    const { instance } = uses
    const known = uses.known.get(fn) ?? new Map<number, Promise<PreparedFunction>>()
    uses.known.set(fn, known)
    const key = reuseKey(options)
    const before = key === undefined ? undefined : known.get(key)
    if (before !== undefined) return before
    const made = prepareFunctions(fn, { ...options, instance }).then(([first]) => first as PreparedFunction)
    if (key === undefined) return made
    known.set(key, made)
    made.catch(() => known.delete(key))
    return made
  }
}

/** The uses of one stateful worker in a pool. */
interface StatefulUses {
  /** Identifies its instances, of which each worker has one. */
  readonly instance: number
  /** Uses that runs can share, by the function that the user gave, and by `reuseKey`. */
  readonly known: WeakMap<object, Map<number, Promise<PreparedFunction>>>
}

let lastInstance = 0
