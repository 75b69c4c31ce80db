import type { RunningBatch } from './running-batch.ts'

/** An asynchronous task that has not settled. */
export class Flight {
  readonly batch: RunningBatch
  readonly item: number
  readonly lane: number

  constructor(batch: RunningBatch, item: number, lane: number) {
    this.batch = batch
    this.item = item
    this.lane = lane
  }
}
