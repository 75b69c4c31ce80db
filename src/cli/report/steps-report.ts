import type { TaskError } from '../../errors/task-errors.ts'
import { type StepReport, StepTallies } from '../../pipeline/pipeline-results.ts'
import { type ItemState, namedState, STEP_NAMES } from '../../pipeline/step-record.ts'
import { stateOf } from '../../pool/outcomes/task-failure.ts'
import { count } from '../../util/text/show-number.ts'
import { tableLines } from '../../util/text/show-text.ts'
import { escapeText, type Paint } from '../../util/text/terminal-text.ts'
import type { StepsOfTask } from '../../wire/protocol/frames.ts'

/** Counts what the steps of a pipeline did. The first result, or the first failure, shows if the task is a pipeline. */
export class StepsReport {
  #tallies: StepTallies | undefined

  /** Counts a result, which for a pipeline is a record of its steps. Returns the value to write. */
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

  /** The counts for programs; undefined if the task has no steps. */
  get report(): StepReport | undefined {
    return this.#tallies?.report()
  }

  /** The counts for people: a table with a line for each step. */
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
    return tableLines([HEAD, ...rows]).map((line, i) => (i === 0 ? paint('dim', `  ${line}`) : `  ${line}`))
  }

  #of(names: readonly string[]): StepTallies {
    return (this.#tallies ??= new StepTallies(names))
  }
}

const HEAD = ['step', 'done', 'cached', 'failed', 'time']
