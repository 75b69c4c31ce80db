import { NumberTable } from '../../journal/keys/number-table.ts'
import { TaskSet } from '../../journal/keys/task-set.ts'
import { ROW_STATES, type RowState } from '../../journal/lines/journal-line.ts'
import type { JournalBatch, JournalRow } from '../../journal/lines/read-journal.ts'

const OK = ROW_STATES.indexOf('ok')
const STATES = ROW_STATES.length

/** True if nothing has to be done about a task in this state. */
export function isGood(state: RowState): boolean {
  return state === 'ok' || state === 'cached' || state === 'skipped'
}

/** The last attempt of each task of one run, in a few bytes a task. Rows are known by their number in the log, up to 600 million. */
export class LastAttempts {
  /** Tasks whose last attempt has a row of its own: the number of the row, and its state. */
  readonly #rows = new NumberTable()
  /** Tasks that succeeded together with others. */
  readonly #quick = new TaskSet()
  readonly #counts: number[] = new Array<number>(STATES).fill(0)

  addRow({ task, state }: JournalRow, number: number): void {
    const before = this.#stateOf(task)
    if (before !== undefined) this.#counts[before]!--
    const after = ROW_STATES.indexOf(state)
    this.#counts[after]!++
    this.#rows.set(task, number * STATES + after)
  }

  addBatch({ task, count }: JournalBatch): void {
    for (let one = task; one < task + count; one++) {
      const before = this.#rows.size === 0 ? undefined : this.#rows.get(one)
      if (before !== undefined) this.#counts[before % STATES]!--
      // The row that is the last of this task has no number.
      if (before !== undefined) this.#rows.set(one, OK)
      else if (!this.#quick.add(one)) continue
      this.#counts[OK]!++
    }
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

  /** The number of tasks in each state, in the order of `ROW_STATES`, without those that no task is in. */
  counts(): Map<RowState, number> {
    return new Map(
      ROW_STATES.map((state, i) => [state, this.#counts[i] as number] as const).filter(([, count]) => count > 0),
    )
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
