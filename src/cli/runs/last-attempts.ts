import { NumberTable } from '../../journal/keys/number-table.ts'
import { TaskSet } from '../../journal/keys/task-set.ts'
import { ROW_STATES, type RowState } from '../../journal/lines/journal-line.ts'
import type { JournalBatch, JournalRow } from '../../journal/lines/read-journal.ts'
import type { AttemptReader } from '../../report/followed-log.ts'

const OK = ROW_STATES.indexOf('ok')
const STATES = ROW_STATES.length

/** True if nothing has to be done about a task in this state. */
export function isGood(state: RowState): boolean {
  return state === 'ok' || state === 'cached' || state === 'skipped'
}

/** The last attempt of each task of one run, in a few bytes a task. Rows are known by their number in the log, up to 600 million. */
export class LastAttempts implements AttemptReader {
  /** Tasks whose last attempt has a row of its own: the number of the row, and its state. */
  #rows = new NumberTable()
  /** Tasks that succeeded together with others. */
  #quick = new TaskSet()

  row({ task, state }: JournalRow, number: number): void {
    this.#rows.set(task, number * STATES + ROW_STATES.indexOf(state))
  }

  batch({ task, count }: JournalBatch): void {
    for (let one = task; one < task + count; one++) {
      // The row that is the last of this task has no number.
      if (this.#rows.size > 0 && this.#rows.get(one) !== undefined) this.#rows.set(one, OK)
      else this.#quick.add(one)
    }
  }

  reset(): void {
    this.#rows = new NumberTable()
    this.#quick = new TaskSet()
  }

  /** True if a row is the last of its task. `number`: its number in the log, from 1. */
  isLast({ task }: Pick<JournalRow, 'task'>, number: number): boolean {
    return Math.floor((this.#rows.get(task) ?? 0) / STATES) === number
  }

  /** True if the last attempt of a task is told together with others. */
  isQuick(task: number): boolean {
    return Math.floor((this.#rows.get(task) ?? 0) / STATES) === 0 && this.stateOf(task) === 'ok'
  }

  /** The state of a task; undefined if no attempt of it has ended. */
  stateOf(task: number): RowState | undefined {
    const state = this.#stateOf(task)
    return state === undefined ? undefined : ROW_STATES[state]
  }

  /** The tasks that have failed, in no particular order. */
  *failed(): Generator<number, void> {
    for (const [task, row] of this.#rows.entries()) if (!isGood(ROW_STATES[row % STATES] as RowState)) yield task
  }

  #stateOf(task: number): number | undefined {
    const row = this.#rows.get(task)
    if (row !== undefined) return row % STATES
    return this.#quick.has(task) ? OK : undefined
  }
}
