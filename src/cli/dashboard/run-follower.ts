import { statSync } from 'node:fs'

import type { View } from '../../view/view.ts'
import { readRecord, type RunRecord } from '../runs/run-record.ts'
import { viewOfRun } from '../runs/run-view.ts'
import { isUnderWay } from '../runs/under-way.ts'

/** Follows a run of this folder. */
export class RunFollower {
  readonly #run: string
  /** Tells apart how the run and its log were at two looks. */
  #seen = ''
  #view: View | undefined

  constructor(run: string) {
    this.#run = run
  }

  /** Its view as of the last look. */
  get view(): View | undefined {
    return this.#view
  }

  /** Looks at it again. Returns its view, or undefined if nothing has changed since. */
  look(): View | undefined {
    const record = readRecord(this.#run)
    const { log, ended, exitCode } = record
    const size = log === null ? undefined : statSync(log, { throwIfNoEntry: false })?.size
    const seen = JSON.stringify([log, size, ended, exitCode, isUnderWay(record)])
    if (seen === this.#seen) return undefined
    this.#view = this.#read(record)
    this.#seen = seen
    return this.#view
  }

  #read(record: RunRecord): View {
    return viewOfRun(record)
  }
}
