import { ClosedError } from '../errors/closed-error.ts'
import type { LogsOption } from '../logs/log-record.ts'
import { Stateful } from '../task/stateful.ts'
import type { TaskFunction } from '../task/task-function.ts'
import type { FunctionUse } from './function-use.ts'
import { ship, type ShipOptions } from './function-shipper.ts'
import type { Abortable, RunHost } from './run-host.ts'
import type { Scheduler } from './scheduler.ts'

/** A pool's inside: its scheduler, made when first needed, and the runs that it is busy with. */
export class PoolHost implements RunHost {
  readonly concurrency: number
  readonly logs: LogsOption | undefined
  readonly maxQueue: number
  readonly #make: () => Promise<Scheduler>
  readonly #runs = new Set<Abortable>()
  /** Stateful workers live as long as the pool. */
  readonly #stateful = new Map<Stateful, Promise<FunctionUse>>()
  #scheduler: Scheduler | Promise<Scheduler> | undefined
  #workers: number
  #closed = false
  #onIdle: (() => void)[] = []

  constructor(workers: number, concurrency: number, logs: LogsOption | undefined, maxQueue: number, make: () => Promise<Scheduler>) {
    this.#workers = workers
    this.concurrency = concurrency
    this.logs = logs
    this.maxQueue = maxQueue
    this.#make = make
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

  get closed(): boolean {
    return this.#closed
  }

  open(): void {
    if (this.#closed) throw new ClosedError('the pool is closed')
  }

  /** Takes no more runs. */
  close(): void {
    this.#closed = true
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

  /** Waits for a scheduler that is being made. */
  async settled(): Promise<Scheduler | undefined> {
    try {
      return await this.#scheduler
    } catch {
      return undefined
    }
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

  /** Resolves when nothing runs any more. */
  idle(): Promise<void> {
    return this.#runs.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#onIdle.push(resolve))
  }

  /** Ends all that runs. */
  abort(reason: unknown): void {
    for (const run of [...this.#runs]) run.abort(reason)
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
