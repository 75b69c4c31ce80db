import { setImmediate as turn } from 'node:timers/promises'

import type { Live } from '../../view/live.ts'
import type { View } from '../../view/view.ts'
import { CommandError, EXIT } from '../command-error.ts'
import { readLive, touchWatch } from '../runs/live-file.ts'
import { isFile } from '../runs/run-view.ts'
import { WatchedRun } from '../runs/watched-run.ts'

/** Milliseconds of reading before others have their turn: the log may be long. */
const TURN_MS = 50

/** Follows a run of this folder, and tells when something in it has changed. */
export class RunFollower {
  readonly #watched: WatchedRun
  /** Tells apart how the run and its log were at two looks. */
  #seen = ''
  #view: View | undefined

  /** @throws {CommandError} if there is no such run, or it has no job log. */
  constructor(run: string) {
    this.#watched = new WatchedRun(run)
    const { log } = this.#watched.record
    if (log === null || !isFile(log)) throw new CommandError(`the run "${run}" has no job log`, EXIT.cannotStart)
  }

  /** Its view as of the last look. */
  get view(): View | undefined {
    return this.#view
  }

  /** Tells the run that someone watches. Returns what its workers do just now; undefined if that is not known. */
  watch(): Live | undefined {
    const { record, isUnderWay } = this.#watched
    if (!isUnderWay) return undefined
    touchWatch(record.run)
    return readLive(record.run)
  }

  /** Looks at it again. Resolves to its view, or to undefined if nothing has changed since. */
  async look(): Promise<View | undefined> {
    while (this.#watched.read(TURN_MS)) await turn()
    const { record, isUnderWay, version } = this.#watched
    const seen = `${version} ${isUnderWay} ${record.exitCode}`
    if (seen === this.#seen) return undefined
    this.#seen = seen
    this.#view = this.#watched.view()
    return this.#view
  }
}
