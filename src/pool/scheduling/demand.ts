import type { WantedWorkers, WorkerRoom } from '../backend/backend.ts'

/** Who has work for the workers that are asked for. */
export interface DemandPort {
  /** A worker is here that takes work, or still has some. */
  readonly hasWorker: boolean
  /** Work waits that no worker has. */
  readonly hasWaitingWork: boolean
  /** There may be room for workers now. */
  roomCame(): void
  /** There will be no workers. */
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

  /** Something has changed. `wants`: there is work, or will be. */
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
    // A worker that has nothing to do any more does not keep the process alive, and is about to make room.
    this.#wanted.wait(!this.#port.hasWorker && this.#port.hasWaitingWork)
  }

  #fail(error: Error): void {
    this.update(false)
    this.#port.noneCome(error)
  }
}
