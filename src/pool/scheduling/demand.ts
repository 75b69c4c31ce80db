import type { WantedWorkers, WorkerRoom } from '../backend/backend.ts'
import type { Dispatcher } from './dispatcher.ts'

/** Asks for workers that come and go by themselves, while a dispatcher has work for them. */
export class Demand {
  readonly #room: WorkerRoom
  readonly #dispatcher: Dispatcher
  #wanted: WantedWorkers | undefined

  constructor(room: WorkerRoom, dispatcher: Dispatcher) {
    this.#room = room
    this.#dispatcher = dispatcher
  }

  /** Something has changed: `wants` says whether there is, or will be, work. */
  update(wants: boolean): void {
    if (!wants) {
      this.#wanted?.end()
      this.#wanted = undefined
      return
    }
    this.#wanted ??= this.#room.want(
      () => this.#dispatcher.pump(),
      (error) => this.#fail(error),
    )
    // One that has nothing to do any more does not keep the process alive, and is about to make room.
    const isNobody = this.#dispatcher.workerSet.workers.every(
      ({ accepting, batches }) => !accepting && batches.size === 0,
    )
    this.#wanted.wait(isNobody && this.#workWaits())
  }

  #workWaits(): boolean {
    for (const job of this.#dispatcher.jobs) if (job.open && !job.isDrained) return true
    return false
  }

  #fail(error: Error): void {
    this.update(false)
    this.#dispatcher.failAll(error)
  }
}
