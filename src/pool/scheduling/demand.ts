import type { WantedWorkers, WorkerRoom } from '../backend/backend.ts'

/** The side of the dispatcher that a `Demand` sees. */
export interface DemandPort {
  /** True if there is a worker that takes work, or still has some. */
  readonly hasWorker: boolean
  /** True if work waits that no worker has. */
  readonly hasWaitingWork: boolean
  /** Called when a worker may be available. */
  roomCame(): void
  /** Called when there will be no workers. */
  noneCome(error: Error): void
}

/** Asks for workers that come and go by themselves, as long as there is work for them. */
export class Demand {
  readonly #room: WorkerRoom
  readonly #port: DemandPort
  #wanted: WantedWorkers | undefined

  constructor(room: WorkerRoom, port: DemandPort) {
    this.#room = room
    this.#port = port
  }

  /** Called after each change. `wants`: there is work, or there will be soon. */
  update(wants: boolean): void {
    if (!wants) {
      this.#wanted?.end()
      this.#wanted = undefined
      return
    }
    this.#wanted ??= this.#room.want(
      () => this.#port.roomCame(),
      (error) => this.#fail(error),
    )
    // A retired worker without work does not count: it does not keep the process alive, and is about to end.
    this.#wanted.wait(!this.#port.hasWorker && this.#port.hasWaitingWork)
  }

  #fail(error: Error): void {
    this.update(false)
    this.#port.noneCome(error)
  }
}
