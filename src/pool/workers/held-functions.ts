import { monotonicNow } from '../../util/time.ts'
import type { PreparedFunction } from '../functions/prepared-function.ts'

/** The functions that a worker has been told of, and which of them it has not said to be ready. */
export class HeldFunctions {
  readonly #all = new Map<number, PreparedFunction>()
  readonly #unready = new Set<number>()
  #since = monotonicNow()

  /** When the worker was last told of a function, or made one ready. */
  get since(): number {
    return this.#since
  }

  get isLoading(): boolean {
    return this.#unready.size > 0
  }

  get(id: number): PreparedFunction | undefined {
    return this.#all.get(id)
  }

  /** Adds a function that is to be made ready. Returns false if it was added before. */
  add(fn: PreparedFunction): boolean {
    if (this.#all.has(fn.id)) return false
    this.#all.set(fn.id, fn)
    this.#unready.add(fn.id)
    this.#since = monotonicNow()
    return true
  }

  /** The worker is up: what it was told before it begins to load only now. */
  begin(): void {
    this.#since = monotonicNow()
  }

  /** A function is ready. */
  ready(id: number): void {
    this.#unready.delete(id)
    this.#since = monotonicNow()
  }

  /** Returns false if the function was not there. */
  remove(id: number): boolean {
    this.#unready.delete(id)
    return this.#all.delete(id)
  }

  /** The functions that the worker is making ready. */
  unready(): PreparedFunction[] {
    return [...this.#unready].flatMap((id) => this.#all.get(id) ?? [])
  }

  areReady(functions: readonly PreparedFunction[]): boolean {
    return functions.every((fn) => !this.#unready.has(fn.id))
  }
}
