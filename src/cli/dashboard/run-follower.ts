import { setImmediate as turn } from 'node:timers/promises'

import { FollowedLog } from '../../report/followed-log.ts'
import type { View } from '../../view/view.ts'
import { CommandError, EXIT } from '../command-error.ts'
import { readRecord } from '../runs/run-record.ts'
import { isFile } from '../runs/run-view.ts'
import { isUnderWay } from '../runs/under-way.ts'

/** Milliseconds of reading before others have their turn: the log may be long. */
const TURN_MS = 50

/** Follows a run of this folder: each look reads only what its log has got since. */
export class RunFollower {
  readonly #run: string
  readonly #log: FollowedLog
  /** Tells apart how the run and its log were at two looks. */
  #seen = ''
  #view: View | undefined

  /** @throws {CommandError} if there is no such run, or it has no job log. */
  constructor(run: string) {
    const { log } = readRecord(run)
    if (log === null || !isFile(log)) throw new CommandError(`the run "${run}" has no job log`, EXIT.cannotStart)
    this.#run = run
    this.#log = new FollowedLog(log, run)
  }

  /** Its view as of the last look. */
  get view(): View | undefined {
    return this.#view
  }

  /** Looks at it again. Resolves to its view, or to undefined if nothing has changed since. */
  async look(): Promise<View | undefined> {
    // Before the log: all of a run that has ended is there.
    const record = readRecord(this.#run)
    while (this.#log.read(TURN_MS)) await turn()
    const { name, total, ended, exitCode } = record
    const state = ended !== null ? 'ended' : isUnderWay(record) ? 'running' : 'killed'
    const seen = `${this.#log.version} ${state} ${exitCode}`
    if (seen === this.#seen) return undefined
    this.#seen = seen
    this.#view = this.#log.digest.view({ state, exitCode: exitCode ?? undefined, name, total: total ?? undefined })
    return this.#view
  }
}
