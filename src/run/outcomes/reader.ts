import { type SettledRecord, TimeoutError } from '../../errors/run-errors.ts'
import { timerDelay } from '../../util/time.ts'
import type { Run } from '../run.ts'
import { NO_VALUE, recordOf } from './failure-rule.ts'

/** Values, and the indexes of their inputs. */
export interface IndexedValues {
  readonly values: readonly unknown[]
  readonly indexes: readonly number[]
}

/** Takes outcomes from a run in the forms that consumers ask for. Waits for them, at most for the stall timeout. */
export class Reader {
  readonly #run: Run
  /** Values that were taken for an array and not handed out, because the run stalled. */
  #kept: unknown[] = []

  constructor(run: Run) {
    this.#run = run
  }

  /** The next value; resolved already if one waits. */
  nextValue(): Promise<IteratorResult<unknown, undefined>> {
    if (this.#kept.length > 0) return Promise.resolve({ done: false, value: this.#kept.shift() })
    const { reorderBuffer } = this.#run
    while (reorderBuffer.waiting > 0) {
      const result = this.#run.failures.asValue(reorderBuffer.take(), reorderBuffer.takenIndex)
      if (result !== NO_VALUE) return Promise.resolve({ done: false, value: result })
    }
    return this.#more(() => this.nextValue())
  }

  /** All values that wait, or the first ones to come. */
  nextBatch(): Promise<IteratorResult<unknown[], undefined>> {
    const values = this.#takeValues(this.#kept.splice(0))
    if (values.length > 0) return Promise.resolve({ done: false, value: values })
    return this.#more(() => this.nextBatch())
  }

  /** Like `nextBatch`, with the index of each value's input. */
  nextIndexed(): Promise<IteratorResult<IndexedValues, undefined>> {
    const { values: outcomes, indexes } = this.#run.reorderBuffer.takeAll()
    if (outcomes.length === 0) return this.#more(() => this.nextIndexed())
    const values = outcomes.map((outcome, i) => this.#run.failures.asValue(outcome, indexes[i] as number))
    return Promise.resolve({ done: false, value: { values, indexes } })
  }

  nextRecord(): Promise<IteratorResult<SettledRecord, undefined>> {
    const { reorderBuffer } = this.#run
    if (reorderBuffer.waiting === 0) return this.#more(() => this.nextRecord())
    const value = reorderBuffer.take()
    return Promise.resolve({ done: false, value: recordOf(value, reorderBuffer.takenIndex) })
  }

  /** All values of the run. After a stall timeout the values that had come can still be read. */
  async array(): Promise<unknown[]> {
    let values = this.#kept.splice(0)
    for (;;) {
      values = this.#takeValues(values)
      try {
        const step = await this.#more(() => Promise.resolve(undefined))
        if (step !== undefined) return values
      } catch (error) {
        if (error instanceof TimeoutError) this.#kept = values
        throw error
      }
    }
  }

  /** The values that wait, behind those of `before`. */
  #takeValues(before: unknown[]): unknown[] {
    const { reorderBuffer, failures } = this.#run
    const { values, indexes } = reorderBuffer.takeAll()
    // Nearly always all outcomes are values as they are.
    if (before.length === 0 && failures.isPlain) return values
    for (let i = 0; i < values.length; i++) {
      const value = failures.asValue(values[i], indexes[i] as number)
      if (value !== NO_VALUE) before.push(value)
    }
    return before
  }

  /** Waits for outcomes, then continues with `next`; at the end of the run ends or throws as the run does. */
  async #more<T>(next: () => Promise<T>): Promise<T | { done: true; value: undefined }> {
    const run = this.#run
    run.start()
    if (run.reorderBuffer.waiting === 0 && !run.isEnded) await this.#wait()
    if (run.reorderBuffer.waiting > 0) return next()
    // Woken for outcomes that are not the next in order.
    if (!run.isEnded) return this.#more(next)
    const ending = run.takeEnding()
    if (ending !== undefined) throw ending.thrown
    return { done: true, value: undefined }
  }

  #wait(): Promise<void> {
    const limit = this.#run.settings.stallTimeout
    if (limit === undefined) return new Promise((resolve) => this.#run.wait(resolve))
    const since = performance.now()
    let timer: NodeJS.Timeout | undefined
    return new Promise((resolve, reject) => {
      const wake = (): void => {
        clearTimeout(timer)
        resolve()
      }
      const check = (): void => {
        const quiet = performance.now() - Math.max(since, this.#run.reorderBuffer.completedAt)
        if (quiet < limit - 1) timer = setTimeout(check, timerDelay(limit - quiet))
        else {
          this.#run.stalled(wake)
          reject(new TimeoutError(`no task was completed for ${limit} ms; read on to wait longer`, limit))
        }
      }
      timer = setTimeout(check, timerDelay(limit))
      this.#run.wait(wake)
    })
  }
}
