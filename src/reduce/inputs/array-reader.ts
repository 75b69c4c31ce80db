import type { Ending } from '../../pool/jobs/ports.ts'
import type { Segment, Segments } from '../segments.ts'
import { PLAIN_BYTES, StretchBuilder } from './stretch-builder.ts'
import type { ReaderOptions } from './stretch-reader.ts'
import type { Stretch } from './stretch.ts'

export interface ArrayReaderOptions extends Pick<
  ReaderOptions,
  'skip' | 'encoder' | 'window' | 'maxBytes' | 'refuse' | 'next'
> {
  readonly inputs: readonly unknown[]
  readonly segments: Segments
}

/** Reads the inputs of an array, at several places in turn: each worker has neighbouring ones. */
export class ArrayReader {
  /** An error from `skip`. */
  error: Ending | undefined
  read = 0
  skipped = 0
  readonly leaves = 1
  readonly #options: ArrayReaderOptions
  #isStopped = false

  constructor(options: ArrayReaderOptions) {
    this.#options = options
  }

  get isRead(): boolean {
    return this.#isStopped || this.#options.segments.isRead
  }

  get isExhausted(): boolean {
    return this.isRead
  }

  get size(): number {
    return this.#options.inputs.length - this.skipped
  }

  /** Reads the next inputs of a segment; undefined if the window has no room. */
  takeFrom(segment: Segment): Stretch | undefined {
    const { encoder, next, window } = this.#options
    if (!window.hasRoom()) return undefined
    const { inputs: wanted } = next(0, segment.end - segment.next)
    const builder = new StretchBuilder({ level: 0, position: 0 }, wanted, Infinity, encoder)
    try {
      this.#fill(builder, segment)
    } catch (thrown) {
      this.error ??= { thrown }
      return undefined
    }
    return builder.build()
  }

  #fill(builder: StretchBuilder, segment: Segment): void {
    const { inputs, skip, window, refuse, maxBytes } = this.#options
    while (segment.next < segment.end && builder.count < builder.wanted && builder.bytes < maxBytes) {
      const numbers = skip === undefined && builder.count > 0 ? this.#addNumbers(builder, segment) : 0
      if (numbers > 0) continue
      if (!window.hasRoom()) return
      const index = segment.next++
      const input = inputs[index]
      this.read++
      if (skip?.(input, index) === true) this.skipped++
      else window.enter(builder.add(input, index, (why) => refuse(input, index, why)))
    }
  }

  /** Adds numbers that follow, without a look at each. */
  #addNumbers(builder: StretchBuilder, segment: Segment): number {
    const { inputs, window } = this.#options
    const most = Math.min(builder.wanted - builder.count, segment.end - segment.next, window.room())
    let count = 0
    for (; count < most; count++) {
      const input = inputs[segment.next + count]
      if (typeof input !== 'number') break
      builder.addNumber(input)
    }
    builder.addedNumbers(count)
    segment.next += count
    this.read += count
    window.enter(count * PLAIN_BYTES, count)
    return count
  }

  settled({ count, bytes }: Stretch): void {
    this.#options.window.leave(count, bytes)
  }

  nothing(): Stretch {
    return new StretchBuilder({ level: 0, position: 0 }, 0, Infinity, this.#options.encoder).build()
  }

  stop(): void {
    this.#isStopped = true
  }
}
