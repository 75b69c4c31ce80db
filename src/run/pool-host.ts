import { ClosedError } from '../errors/closed-error.ts'
import { ship, type ShipOptions } from '../pool/function-shipper.ts'
import type { FunctionUse } from '../pool/function-use.ts'
import type { Places } from '../pool/places.ts'
import type { Scheduler } from '../pool/scheduler.ts'
import type { HostSettings } from '../settings/host-settings.ts'
import { Stateful } from '../task/stateful.ts'
import type { TaskFunction } from '../task/task-function.ts'
import type { Abortable, RunHost } from './run-host.ts'

/** A pool's inside: its scheduler, made when first needed, and the runs that it is busy with. */
export class PoolHost implements RunHost {
  readonly places: Places
  readonly init: (() => unknown) | undefined
  readonly #settings: HostSettings
  readonly #make: () => Promise<Scheduler>
  readonly #runs = new Set<Abortable>()
  /** Queues that are not closed, busy or not. */
  readonly #queues = new Set<Abortable>()
  /** Stateful workers live as long as the pool. */
  readonly #stateful = new Map<Stateful, Promise<FunctionUse>>()
  #scheduler: Scheduler | Promise<Scheduler> | undefined
  #workers: number
  #closed = false
  #onIdle: (() => void)[] = []

  constructor(
    workers: number,
    settings: HostSettings & { readonly init?: () => unknown },
    places: Places,
    make: () => Promise<Scheduler>,
  ) {
    this.#workers = workers
    this.#settings = settings
    this.init = settings.init
    this.places = places
    this.#make = make
  }

  get own(): HostSettings {
    const { concurrency, logs } = this.#settings
    return { workers: this.#workers, ...(concurrency && { concurrency }), ...(logs && { logs }) }
  }

  get workers(): number {
    return this.#workers
  }

  set workers(workers: number) {
    this.#workers = workers
    const scheduler = this.#scheduler
    if (scheduler === undefined) return
    if (scheduler instanceof Promise) void scheduler.then((ready) => ready.resize(this.#workers))
    else scheduler.resize(workers)
  }

  /** The scheduler, if it was needed so far and is ready. */
  get current(): Scheduler | undefined {
    return this.#scheduler instanceof Promise ? undefined : this.#scheduler
  }

  open(): void {
    if (this.#closed) throw new ClosedError('the pool is closed')
  }

  scheduler(): Scheduler | Promise<Scheduler> {
    return (this.#scheduler ??= this.#make().then(
      (ready) => (this.#scheduler = ready),
      (error: unknown) => {
        // The next run may have better luck.
        this.#scheduler = undefined
        throw error
      },
    ))
  }

  async ship(fn: TaskFunction, options: ShipOptions): Promise<readonly FunctionUse[]> {
    if (typeof fn === 'function') return ship(fn, options)
    const parts = fn instanceof Stateful ? [fn] : fn
    return Promise.all(parts.map((part) => this.#shipStateful(part, options)))
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
    const scheduler = await this.#made()
    await scheduler?.shutDown(timeout > 0)
  }

  /** Waits for a scheduler that is being made. */
  async #made(): Promise<Scheduler | undefined> {
    try {
      return await this.#scheduler
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

  #shipStateful(part: Stateful, options: ShipOptions): Promise<FunctionUse> {
    // Constants of a run are part of the use: with them it is a use of its own.
    const own = (options.args?.length ?? 0) > 0 || options.announce === true
    const known = own ? undefined : this.#stateful.get(part)
    if (known !== undefined) return known
    const use = ship(part, options).then(([first]) => ({ ...(first as FunctionUse), lasting: !own }))
    if (!own) this.#stateful.set(part, use)
    use.catch(() => this.#stateful.delete(part))
    return use
  }
}
