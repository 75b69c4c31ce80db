import type { TaskError } from '../../errors/task-errors.ts'
import { type StepReport, StepTallies } from '../../pipeline/pipeline-results.ts'
import { type ItemState, namedState, STEP_NAMES } from '../../pipeline/step-record.ts'
import { stateOf } from '../../pool/outcomes/task-failure.ts'
import { count } from '../../util/show-number.ts'
import { escapeText, type Paint } from '../../util/terminal-text.ts'
import type { StepsOfTask } from '../../wire/protocol/frames.ts'

/** What the steps of a pipeline did. That it is one is known with its first result, or before its first failure. */
export class StepsReport {
  #tallies: StepTallies | undefined

  /** Takes a result: of a pipeline, what the worker says of an item. Returns what is to be written. */
  take(value: unknown): unknown {
    const state = namedState(value)
    if (state === undefined) return value
    this.#of(state[STEP_NAMES]).add(state)
    return state.clip
  }

  fail(error: TaskError, steps: StepsOfTask | undefined): void {
    if (steps === undefined) return
    this.#of(steps.names).add(stateOf(error) as ItemState | undefined, error.step)
  }

  /** For programs; undefined where the task has no steps. */
  get report(): StepReport | undefined {
    return this.#tallies?.report()
  }

  /** For people: a table with a line for each step. */
  lines(paint: Paint): string[] {
    const report = this.report
    if (report === undefined) return []
    const rows = Object.entries(report).map(([name, { done, cached, failed, time }]) => [
      escapeText(name),
      count(done),
      count(cached),
      count(failed),
      time < 1_000 ? `${time}ms` : `${(time / 1_000).toFixed(1)}s`,
    ])
    const table = [HEAD, ...rows]
    const widths = HEAD.map((_, column) => Math.max(...table.map((row) => (row[column] as string).length)))
    return table.map((row, i) => {
      const cells = row.map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] as number) : cell.padStart(widths[column] as number),
      )
      return i === 0 ? paint('dim', `  ${cells.join('  ')}`) : `  ${cells.join('  ')}`
    })
  }

  #of(names: readonly string[]): StepTallies {
    return (this.#tallies ??= new StepTallies(names))
  }
}

const HEAD = ['step', 'done', 'cached', 'failed', 'time']
