import { ClosedError } from '../../errors/run-errors.ts'
import type { QueueSlots } from '../../pool/backend/queue-slots.ts'
import { prepareFunctions, type PrepareOptions, reuseKey } from '../../pool/functions/prepare.ts'
import type { PreparedFunction } from '../../pool/functions/prepared-function.ts'
import type { Dispatcher } from '../../pool/scheduling/dispatcher.ts'
import type { HostSettings } from '../../settings/pool-settings.ts'
import { Stateful } from '../../task/stateful.ts'
import type { TaskFunction } from '../../task/task-function.ts'
import type { Abortable, RunHost } from './run-host.ts'

/** A pool's inside: its dispatcher, made when first needed, and the runs that it is busy with. */
export class PoolHost implements RunHost {
  readonly slots: QueueSlots
  readonly init: (() => unknown) | undefined
  readonly #settings: HostSettings
  readonly #make: () => Promise<Dispatcher>
  readonly #runs = new Set<Abortable>()
  /** Queues that are not closed, busy or not. */
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
    make: () => Promise<Dispatcher>,
  ) {
    this.#workers = workers
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

  /** The dispatcher, if it was needed so far and is ready. */
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
        // The next run may have better luck.
        this.#dispatcher = undefined
        throw error
      },
    ))
  }

  async prepare(fn: TaskFunction, options: PrepareOptions): Promise<readonly PreparedFunction[]> {
    if (typeof fn === 'function') return prepareFunctions(fn, options)
    const parts = fn instanceof Stateful ? [fn] : fn
    return Promise.all(parts.map((part) => this.#prepareStateful(part, options)))
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

  /** A queue is open until `closeQueue` is called with it: it ends with the pool. */
  openQueue(queue: Abortable): void {
    this.#queues.add(queue)
  }

  closeQueue(queue: Abortable): void {
    this.#queues.delete(queue)
  }

  /** Takes no more runs, waits for those that there are at most for `timeout` milliseconds, and stops the workers. */
  async shutDown(timeout: number): Promise<void> {
    this.#closed = true
    if (timeout > 0) await this.#idle(timeout)
    const reason = new ClosedError('the pool was closed')
    for (const one of [...this.#runs, ...this.#queues]) one.abort(reason)
    const dispatcher = await this.#made()
    await dispatcher?.shutDown(timeout > 0)
  }

  /** Waits for a dispatcher that is being made. */
  async #made(): Promise<Dispatcher | undefined> {
    try {
      return await this.#dispatcher
    } catch {
      return undefined
    }
  }

  /** Resolves when nothing runs any more, or after a while. */
  async #idle(timeout: number): Promise<void> {
    if (this.#runs.size === 0) return
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      this.#onIdle.push(resolve)
      if (timeout < 2 ** 31) timer = setTimeout(resolve, timeout)
    })
    clearTimeout(timer)
  }

  /** All uses of a stateful worker share its instances, which live as long as the pool. */
  #prepareStateful(part: Stateful, options: PrepareOptions): Promise<PreparedFunction> {
    let uses = this.#stateful.get(part)
    if (uses === undefined) this.#stateful.set(part, (uses = { instance: ++lastInstance, known: new Map() }))
    const { instance, known } = uses
    const key = reuseKey(options)
    const before = key === undefined ? undefined : known.get(key)
    if (before !== undefined) return before
    const made = prepareFunctions(part, { ...options, instance }).then(([first]) => first as PreparedFunction)
    if (key === undefined) return made
    known.set(key, made)
    made.catch(() => known.delete(key))
    return made
  }
}

/** How a stateful worker is used in a pool. */
interface StatefulUses {
  /** The number of its instances, one in each worker. */
  readonly instance: number
  /** Uses that several runs can have, by how they were prepared. */
  readonly known: Map<number, Promise<PreparedFunction>>
}

let lastInstance = 0
