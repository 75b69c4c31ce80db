import { monotonicNow } from '../../util/time.ts'
import type { PreparedFunction } from '../functions/prepared-function.ts'

/** The functions that were sent to a worker; unready ones are still being loaded there. */
export class HeldFunctions {
  readonly #all = new Map<number, PreparedFunction>()
  readonly #unready = new Set<number>()
  #since = monotonicNow()

  /** The time when a function was last sent to the worker, or became ready there. */
  get since(): number {
    return this.#since
  }

  get isLoading(): boolean {
    return this.#unready.size > 0
  }

  /** True if stateful workers live there, which must not be lost. */
  get haveState(): boolean {
    return [...this.#all.values()].some(({ load }) => load.role === 'stateful')
  }

  get(id: number): PreparedFunction | undefined {
    return this.#all.get(id)
  }

  /** Adds a function that the worker is to load. Returns false if it was added before. */
  add(fn: PreparedFunction): boolean {
    if (this.#all.has(fn.id)) return false
    this.#all.set(fn.id, fn)
    this.#unready.add(fn.id)
    this.#since = monotonicNow()
    return true
  }

  /** Called when the worker is up: functions that were sent before begin to load only now. */
  begin(): void {
    this.#since = monotonicNow()
  }

  /** Called when a function is ready. */
  ready(id: number): void {
    this.#unready.delete(id)
    this.#since = monotonicNow()
  }

  /** Returns false if the function was not there. */
  remove(id: number): boolean {
    this.#unready.delete(id)
    return this.#all.delete(id)
  }

  /** The functions that the worker is loading. */
  unready(): PreparedFunction[] {
    return [...this.#unready].flatMap((id) => this.#all.get(id) ?? [])
  }

  areReady(functions: readonly PreparedFunction[]): boolean {
    return functions.every((fn) => !this.#unready.has(fn.id))
  }
}
