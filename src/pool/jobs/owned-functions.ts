import type { PreparedFunction } from '../functions/prepared-function.ts'

/** The functions of a job in which each worker has its own. */
export class OwnedFunctions {
  readonly #functions: readonly PreparedFunction[]
  /** The worker that owns each of them. */
  readonly #owners: (object | undefined)[]

  constructor(functions: readonly PreparedFunction[]) {
    this.#functions = functions
    this.#owners = functions.map(() => undefined)
  }

  /** Returns the function for a worker; a replacement for a worker that died gets that one's. */
  of(worker: object): PreparedFunction | undefined {
    let at = this.#owners.indexOf(worker)
    if (at < 0) this.#owners[(at = this.#owners.indexOf(undefined))] = worker
    return this.#functions[at]
  }

  /** Returns true unless all functions are taken by other workers. */
  hasOneFor(worker: object): boolean {
    return this.#owners.includes(worker) || this.#owners.includes(undefined)
  }

  /** Called when a worker has ended: another can take its function over. */
  release(worker: object): void {
    const at = this.#owners.indexOf(worker)
    if (at >= 0) this.#owners[at] = undefined
  }
}
