import { monotonicNow } from '../../../util/time.ts'
import type { PackedOutcomes } from '../../../wire/protocol/frames.ts'
import type { Channel } from '../channel/channel.ts'
import type { BatchLabel } from '../messages/session-message.ts'

/** Bytes of messages that wait; more are sent at once, since they are worth a packet of their own. */
const MAX_BYTES = 64 * 1024
/** Results are not kept for less than this, in milliseconds: a timer is not more exact. */
const LEAST_MS = 1

/** A batch that its worker has not finished. */
interface OpenBatch {
  /** Items without an outcome. */
  items: number
  readonly concurrency: number
  readonly patience: number
}

/**
 * Sends the frames of a worker to its client, results of several batches in one packet.
 *
 * Results wait as long as their client allows, and only while the worker has more to do than they took: once half of what
 * the client knows to be there is done, they are sent, so that its next batches arrive before the worker is idle.
 * Failures and all other frames are sent at once, after the results before them.
 */
export class ResultGatherer {
  readonly #channel: Pick<Channel, 'keep' | 'flush'>
  readonly #open = new Map<number, OpenBatch>()
  /** Items without an outcome, in all batches. */
  #unfinished = 0
  /** Outcomes that wait to be sent. */
  #gathered = 0
  #bytes = 0
  #dueAt = Infinity
  #timer: NodeJS.Timeout | undefined

  constructor(channel: Pick<Channel, 'keep' | 'flush'>) {
    this.#channel = channel
  }

  /** Called when a batch is on its way to the worker. */
  expect({ batch, items, concurrency, patience }: BatchLabel): void {
    this.#open.set(batch, { items, concurrency, patience })
    this.#unfinished += items
  }

  /** Sends a message, and all that wait before it. */
  now(message: Uint8Array): void {
    this.#channel.keep(message)
    this.flush()
  }

  /** Takes a message that waits for the next {@link flush}. */
  keep(message: Uint8Array): void {
    this.#channel.keep(message)
  }

  /** Sends a message with outcomes, at once or with later ones. */
  outcomes({ batch, count, end, failed }: PackedOutcomes, message: Uint8Array): void {
    const open = this.#open.get(batch)
    this.#gathered += count
    if (open !== undefined) {
      const over = end ? open.items : Math.min(count, open.items)
      open.items -= over
      this.#unfinished -= over
      if (end) this.#open.delete(batch)
    }
    const isEnough = this.#unfinished - (open?.concurrency ?? 1) <= this.#gathered
    if (failed || isEnough || open === undefined) this.now(message)
    else this.#later(open.patience, message)
  }

  /** Sends output of a batch, at once or with later messages. */
  output(batch: number | undefined, message: Uint8Array): void {
    this.#later(this.#open.get(batch ?? 0)?.patience ?? 0, message)
  }

  /** Sends all that waits. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#dueAt = Infinity
    this.#gathered = 0
    this.#bytes = 0
    this.#channel.flush()
  }

  #later(patience: number, message: Uint8Array): void {
    this.#bytes += message.length
    if (!(patience >= LEAST_MS) || this.#bytes > MAX_BYTES) return this.now(message)
    this.#channel.keep(message)
    const dueAt = monotonicNow() + patience
    if (dueAt >= this.#dueAt) return
    this.#dueAt = dueAt
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.flush(), patience)
  }
}
