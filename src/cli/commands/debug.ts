import '../../compose.ts'
import { TaskError } from '../../errors/task-errors.ts'
import type { JournalRow } from '../../journal/lines/read-journal.ts'
import { map } from '../../map/map.ts'
import { jsonLine } from '../../rows/json-line.ts'
import type { Results } from '../../run/outcomes/results.ts'
import { messageOf } from '../../util/message-of.ts'
import type { RunCall } from '../batch/run-batch.ts'
import { usageError, EXIT } from '../command-error.ts'
import { constantsOf } from '../flags/map-options.ts'
import { findTask } from '../module/find-task.ts'
import { taskOf } from '../module/task-of.ts'
import { FailureReport } from '../report/failure-report.ts'
import type { Screen } from '../report/screen.ts'
import { findInput } from '../runs/find-input.ts'
import { failedTask } from '../runs/last-rows.ts'
import { readRecord, type RunRecord } from '../runs/run-record.ts'

type AnyMap = (inputs: Iterable<unknown>, fn: unknown, options: object) => Results<unknown>

/** A call of `manyhands debug`: `calm-otter-41#17`, or the two apart. */
export interface DebugCall {
  readonly run: string
  /** The number of the input; without one the first that failed. */
  readonly task: number | undefined
}

/** Reads `<run>#<number>`. */
export function readDebugCall(text: string, number: string | undefined): DebugCall {
  const [run = '', ...rest] = text.split('#')
  const given = number === undefined ? rest : [...rest, number]
  if (given.length > 1 || (given[0] !== undefined && !/^\d+$/.test(given[0])))
    throw usageError(
      `"${[text, ...(number === undefined ? [] : [number])].join(' ')}": expected a run and the number of an input, such as last#17`,
    )
  return { run, task: given[0] === undefined ? undefined : Number(given[0]) }
}

/** Finds the input that a call means, and the run in which it failed. */
export function findFailure({ run, task }: DebugCall): { readonly record: RunRecord; readonly row: JournalRow } {
  const record = readRecord(run)
  return { record, row: failedTask(record, task) }
}

/**
 * `manyhands debug`: calls the function of a run for one input that failed, in this process, under the debugger. Resolves
 * to the exit code.
 */
export async function debugTask(record: RunRecord, row: JournalRow, call: RunCall, screen: Screen): Promise<number> {
  const { flags } = call
  if (flags.reduce)
    throw usageError(
      `${record.run} made one value of all inputs: there is no call for one of them. Export a function that calls add() for ` +
        'one input, and stop in that: manyhands run … --debug',
    )
  const task = await findTask(call.module)
  const input = await findInput(record, row, call, screen)
  if (row.state === 'crashed')
    screen.warn('its worker died: if it dies again, this process dies with it, and only the terminal shows why')
  if (row.state === 'timeout') screen.warn('it took too long: that alone does not stop it here')
  const fn = taskOf(task, { batched: flags.batched })
  // The types of the function are not known here. The input keeps its number.
  const results = (map as unknown as AnyMap)(numbered(row.task, input), fn, {
    debug: true,
    name: task.name,
    args: constantsOf(flags),
    spread: flags.spread,
    onError: 'return',
    skip: (_: unknown, index: number) => index !== row.task,
  })
  const [value] = await results
  try {
    if (value instanceof TaskError) throw value
    screen.show(jsonLine(value))
    return EXIT.ok
  } catch (error) {
    const problem = `its result cannot be written as JSON: ${messageOf(error)}`
    new FailureReport(screen).add(input, error instanceof TaskError ? error : new TypeError(problem))
    return EXIT.someFailed
  }
}

function* numbered(number: number, input: unknown): Generator<unknown, void, undefined> {
  for (let before = 0; before < number; before++) yield undefined
  yield input
}
