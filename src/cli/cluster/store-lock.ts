import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { messageOf } from '../../util/message-of.ts'
import { processOf, type RunningProcess, runningHolder } from '../../util/running-process.ts'
import { CommandError, EXIT } from '../command-error.ts'

interface Holder extends RunningProcess {
  readonly address: string
}

/** Who uses a broker's store is written down there: servers do not look, and two of them would spoil it. */
export class StoreLock {
  readonly #file: string

  /** @throws {CommandError} where the folder cannot be made, or a server uses it. */
  constructor(store: string) {
    this.#file = join(store, 'broker.json')
    try {
      mkdirSync(store, { recursive: true })
    } catch (error) {
      throw new CommandError(`the store cannot be ${store}: ${messageOf(error)}`, EXIT.cannotStart, error)
    }
    const holder = runningHolder<Holder>(this.#file)
    if (holder === undefined) return
    throw new CommandError(
      `${store} is in use by the broker at ${holder.address} (process ${holder.pid}): ` +
        'use that one, or give this one a --port and a --store of its own',
      EXIT.cannotStart,
    )
  }

  /** From now on the store is a server's, as long as its process runs. */
  take(pid: number, address: string): void {
    writeFileSync(this.#file, JSON.stringify({ ...processOf(pid), address } satisfies Holder))
  }

  release(): void {
    rmSync(this.#file, { force: true })
  }
}
