import { type TaskError, TaskTimeoutError, WorkerCrashedError } from '../../errors/task-errors.ts'
import type { Journal } from '../../journal/journal.ts'
import type { PartialStore } from '../../journal/partials/partial-store.ts'
import type { StoredPart } from '../../journal/partials/stored-part.ts'
import type { Items } from '../../map/check-inputs.ts'
import { ROW_KEY_BYTES } from '../../rows/keys/row-keys.ts'
import type { RunContext } from '../../run/plan.ts'
import { sizeOf } from '../../run/source/input-source.ts'
import { epochNow } from '../../util/time.ts'
import type { Stretch } from '../inputs/stretch.ts'
import type { ReductionListener } from '../reduction-options.ts'
import type { AddResult } from '../worker/messages.ts'
import { inputKey, KeysHash } from './input-keys.ts'
import { bytesToKeep, keptIn } from './kept-bytes.ts'
import { KnownInputs } from './known-inputs.ts'

/** Lines of a journal tell of this many inputs, at most. */
const LINE = 1_024

/** Keeps the accumulators of a reduction beside its journal, and finds those of earlier runs. */
export class ReductionKeeper implements ReductionListener {
  readonly #run: RunContext
  readonly #journal: Journal
  readonly #name: string
  readonly #grain: number | undefined
  readonly #next: ReductionListener | undefined
  readonly #store: PartialStore | undefined

  /** `next` is told, too. The journal must be open. */
  constructor(
    run: RunContext,
    journal: Journal,
    about: {
      readonly name: string
      readonly grain: number | undefined
      readonly next: ReductionListener | undefined
    },
  ) {
    this.#run = run
    this.#journal = journal
    this.#name = about.name
    this.#grain = about.grain
    this.#next = about.next
    this.#store = journal.openPartials()
  }

  /** Returns the inputs, with accumulators of earlier runs in place of those that need not be added again. */
  inputs(inputs: Items<unknown>): { readonly inputs: Items<unknown>; readonly size: number | undefined } {
    const known = new KnownInputs({
      parts: (this.#store?.parts ?? []).filter((part) => this.#isUsable(part)),
      grain: this.#grain,
      read: (part) => {
        const bytes = this.#store?.read(part)
        if (bytes !== undefined) this.#journal.skip(part.count)
        return bytes && keptIn(bytes)
      },
    })
    const size = sizeOf(inputs)
    return Symbol.asyncIterator in inputs ? { inputs: known.inAsync(inputs), size } : { inputs: known.in(inputs), size }
  }

  #isUsable({ code, grain }: StoredPart): boolean {
    return grain === (this.#grain ?? null) && this.#journal.accepts(code)
  }

  failed(error: TaskError): void {
    const { index, key } = error.task
    const state =
      error instanceof TaskTimeoutError ? 'timeout' : error instanceof WorkerCrashedError ? 'crashed' : 'failed'
    const { input, attempts: attempt, worker } = error
    const unknown = { start: Number.NaN, ms: Number.NaN, steps: undefined, isQuick: false }
    this.#journal.failed({ ...unknown, index, key, input, attempt, state, worker, isFinal: true, error })
    this.#next?.failed(error)
  }

  added(stretch: Stretch, result: AddResult, done: number): void {
    try {
      this.#keep(stretch, result)
    } catch (thrown) {
      this.#run.fail(thrown)
    }
    this.#next?.added(stretch, result, done)
  }

  #keep(stretch: Stretch, { accumulator, worker, ms }: AddResult): void {
    const keys = Buffer.alloc(stretch.count * ROW_KEY_BYTES)
    const hash = new KeysHash()
    for (let offset = 0; offset < stretch.count; offset++) {
      const key = inputKey(stretch.input(offset))
      hash.add(key)
      keys.set(key, offset * ROW_KEY_BYTES)
    }
    // With an input left out it is the accumulator of other inputs: after a repair all of them are added again.
    if (stretch.count > 0 && stretch.left.size === 0)
      this.#store?.append(
        {
          code: this.#journal.code,
          grain: this.#grain ?? null,
          index: stretch.index(0),
          count: stretch.count,
          first: keys.toString('hex', 0, ROW_KEY_BYTES),
          keys: hash.text(),
        },
        bytesToKeep(accumulator),
      )
    const start = epochNow() - ms
    const items = {
      fn: () => ({ name: this.#name }),
      index: (offset: number) => stretch.index(offset),
      input: (offset: number) => stretch.input(offset),
      sequence: (offset: number) => stretch.index(offset),
    }
    for (const [from, to] of runsOf(stretch)) {
      const count = to - from
      const own = keys.subarray(from * ROW_KEY_BYTES, to * ROW_KEY_BYTES)
      const share = (ms * count) / stretch.count
      this.#journal.added({ items, offset: from, count, attempt: 1, worker, start, ms: share, keys: own, of: 'value' })
    }
  }
}

/** Lists the neighbours that were added: from one offset to before another, without those that failed. */
function runsOf({ count, left }: Stretch): [from: number, to: number][] {
  const runs: [from: number, to: number][] = []
  let from = 0
  for (let offset = 0; offset <= count; offset++) {
    const isEnd = offset === count || left.has(offset)
    if (offset > from && (isEnd || offset - from === LINE)) runs.push([from, offset])
    if (isEnd) from = offset + 1
    else if (offset - from === LINE) from = offset
  }
  return runs
}
