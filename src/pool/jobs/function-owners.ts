import type { PreparedFunction } from '../functions/prepared-function.ts'

/** The worker that owns each of the functions of a job, if each worker has its own. */
export class FunctionOwners {
  readonly #functions: readonly PreparedFunction[] | undefined
  readonly #owners: (object | undefined)[]

  constructor(functions: readonly PreparedFunction[] | undefined) {
    this.#functions = functions
    this.#owners = (functions ?? []).map(() => undefined)
  }

  /** The function for a worker, if each has its own; a replacement for a worker that died gets that one's. */
  functionFor(worker: object): PreparedFunction | undefined {
    if (this.#functions === undefined) return undefined
    let at = this.#owners.indexOf(worker)
    if (at < 0) this.#owners[(at = this.#owners.findIndex((owner) => owner === undefined))] = worker
    return this.#functions[at]
  }

  /** Returns true unless each worker has a function of its own and all are taken by others. */
  hasFunctionFor(worker: object): boolean {
    return this.#functions === undefined || this.#owners.includes(worker) || this.#owners.includes(undefined)
  }

  /** Called when a worker has ended: another can take its function over. */
  release(worker: object): void {
    const at = this.#owners.indexOf(worker)
    if (at >= 0) this.#owners[at] = undefined
  }
}
