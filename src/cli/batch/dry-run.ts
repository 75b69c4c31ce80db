import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { KeyCounts } from '../../journal/keys/key-counts.ts'
import { availableWorkers } from '../../options/workers.ts'
import { RowSupply } from '../../rows/row-supply.ts'
import { count } from '../../util/text/show-number.ts'
import { workersAt } from '../cluster/location.ts'
import { type CommandError, EXIT } from '../command-error.ts'
import type { RunFlags } from '../flags/run-flags.ts'
import { BadRow, valuesOf } from '../inputs/bad-row.ts'
import type { Inputs } from '../inputs/open-inputs.ts'
import type { TaskReference } from '../module/find-task.ts'
import { openLines } from '../output/open-output.ts'
import { FailureReport } from '../report/failure-report.ts'
import { labelOf } from '../report/label-of.ts'
import type { Screen } from '../report/screen.ts'
import { type LeftOut, leftOut } from '../runs/left-out.ts'

const LEFT_OUT = Symbol('left out')

/** The parts of a dry run. */
export interface DryRunParts {
  readonly task: TaskReference
  readonly inputs: Inputs
  readonly flags: RunFlags
  /** The number of inputs to run by content key; absent if all are to run. */
  readonly only: KeyCounts | undefined
}

/** Shows what a run would do: its inputs on stdout, a line each; the rest on the screen. Starts no worker, writes no result. */
export class DryRun {
  readonly #task: TaskReference
  readonly #inputs: Inputs
  readonly #flags: RunFlags
  readonly #screen: Screen
  readonly #only: KeyCounts | undefined
  readonly #report: FailureReport

  constructor({ task, inputs, flags, only }: DryRunParts, screen: Screen) {
    this.#only = only
    this.#task = task
    this.#inputs = inputs
    this.#flags = flags
    this.#screen = screen
    this.#report = new FailureReport(screen, flags.json)
  }

  addBadRow(row: BadRow): void {
    this.#report.add(row.position, row)
  }

  /** Shows inputs as they are read, so that they may be without end. Resolves to the exit code. */
  async run(): Promise<number> {
    let outputEnd: { readonly error: CommandError | undefined } | undefined
    const output = await openLines({ path: undefined, adds: false, keeps: () => 0 }, this.#screen, {
      end: (error) => (outputEnd = { error }),
      written: () => {},
    })
    const isLeftOut = await leftOut(this.#task, this.#flags, this.#only, (message) => this.#screen.warn(message))
    let shown = 0
    let skipped = 0
    try {
      for await (const input of this.#toRun(isLeftOut)) {
        if (input === LEFT_OUT) skipped++
        else await output.write(`${labelOf(input)}\n`, shown++)
        if (outputEnd !== undefined) break
      }
    } finally {
      await output.close(false)
    }
    if (outputEnd !== undefined) {
      if (outputEnd.error !== undefined) throw outputEnd.error
      return EXIT.ok
    }
    this.#conclude(shown, skipped)
    return this.#report.count > 0 ? EXIT.someFailed : EXIT.ok
  }

  /** The inputs, and `LEFT_OUT` in place of those that would not run. */
  async *#toRun(leftOuts: LeftOut): AsyncGenerator<unknown, void, undefined> {
    const { items } = this.#inputs
    if (!(items instanceof RowSupply)) {
      for await (const input of items) yield leftOuts.value(input) ? LEFT_OUT : input
      return
    }
    for await (const block of items.blocks()) {
      const values = valuesOf(block)
      const mask = leftOuts.rows(block, (row) => values[row])
      for (const [row, value] of values.entries()) {
        if (mask?.[row] === 1) yield LEFT_OUT
        else if (value instanceof BadRow) this.addBadRow(value)
        else yield value
      }
    }
  }

  #conclude(inputs: number, skipped: number): void {
    const { jobs, on, group, json, quiet } = this.#flags
    const { url, exportName } = this.#task
    const module = url.protocol === 'file:' ? relative(process.cwd(), fileURLToPath(url)) : url.href
    const workers = Math.max(1, Math.min(jobs ?? availableWorkers(), inputs))
    const bad = this.#report.count
    if (json)
      return this.#screen.say(
        JSON.stringify({ type: 'dry-run', inputs, bad, skipped, module, export: exportName, workers, on }),
      )
    this.#report.sumUp()
    if (quiet) return
    const noun = inputs === 1 ? 'input' : 'inputs'
    this.#screen.say(
      `dry run: ${count(inputs)} ${noun}${bad === 0 ? '' : `, ${count(bad)} that cannot be read`}` +
        `${skipped === 0 ? '' : `, ${count(skipped)} left out`}\n` +
        `  would run ${module}#${exportName} on ${workersAt(on, workers, group)}`,
    )
  }
}
