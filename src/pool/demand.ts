import type { WantedWorkers, WorkerRoom } from './backend.ts'
import type { Scheduler } from './scheduler.ts'

/** Asks for workers that come and go by themselves, while a scheduler has work for them. */
export class Demand {
  readonly #room: WorkerRoom
  readonly #scheduler: Scheduler
  #wanted: WantedWorkers | undefined

  constructor(room: WorkerRoom, scheduler: Scheduler) {
    this.#room = room
    this.#scheduler = scheduler
  }

  /** Something has changed: `wants` says whether there is, or will be, work. */
  update(wants: boolean): void {
    if (!wants) {
      this.#wanted?.end()
      this.#wanted = undefined
      return
    }
    this.#wanted ??= this.#room.want(
      () => this.#scheduler.pump(),
      (error) => this.#fail(error),
    )
    // One that has nothing to do any more does not keep the process alive, and is about to make room.
    const isNobody = this.#scheduler.fleet.workers.every(({ accepting, batches }) => !accepting && batches.size === 0)
    this.#wanted.wait(isNobody && this.#workWaits())
  }

  #workWaits(): boolean {
    for (const job of this.#scheduler.jobs) if (job.open && !job.isDrained) return true
    return false
  }

  #fail(error: Error): void {
    this.update(false)
    this.#scheduler.failAll(error)
  }
}
