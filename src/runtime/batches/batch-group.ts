/** The batches of one run that a worker has: how much of them runs, and how long they have kept the worker busy. */
export class BatchGroup<Batch> {
  readonly id: number
  /** Batches that may run and have items to claim, oldest first. */
  readonly queue: Batch[] = []
  /** Batches that are not finished. */
  open = 0
  /** Items that wait for their promise. */
  running = 0
  /** A failure has ended the run, as far as is known here: none of its items begins until the host says so. */
  stopped = false
  /** It waits for its turn to start items. */
  isReady = false
  /** When the last outcomes were sent, or work began. */
  mark = 0
  /** When the first of the items began that run. */
  #busySince = 0
  /** Milliseconds in which items ran, up to the last time that none did. */
  #busyMs = 0

  constructor(id: number) {
    this.id = id
  }

  /** A task waits for its promise: others may start meanwhile. */
  enter(now: number): void {
    if (this.running++ === 0) this.#busySince = now
  }

  /** A task that waited is finished. */
  leave(now: number): void {
    if (--this.running === 0) this.#busyMs += now - this.#busySince
  }

  /** A task began and ended without a promise. While others wait, its time is theirs. */
  worked(startedAt: number, now: number): void {
    if (this.running === 0) this.#busyMs += now - startedAt
  }

  /** Milliseconds in which items ran since it was last asked. */
  takeBusyMs(now: number): number {
    let ms = this.#busyMs
    this.#busyMs = 0
    if (this.running > 0) {
      ms += now - this.#busySince
      this.#busySince = now
    }
    return ms
  }
}
