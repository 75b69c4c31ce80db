import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { keepLease, leaseHolder } from '../../util/lease-file.ts'
import { messageOf } from '../../util/message-of.ts'
import { processOf, type RunningProcess } from '../../util/running-process.ts'
import { CommandError, EXIT } from '../command-error.ts'

interface Holder extends RunningProcess {
  readonly address: string
}

/** Locks a broker's store, in a file there. Servers do not check, and two of them would corrupt it. */
export class StoreLock {
  readonly #file: string
  #endLease = (): void => {}

  /** @throws {CommandError} if the folder cannot be made, or a server uses it. */
  constructor(store: string) {
    this.#file = join(store, 'broker.json')
    try {
      mkdirSync(store, { recursive: true })
    } catch (error) {
      throw new CommandError(`cannot make the store ${store}: ${messageOf(error)}`, EXIT.cannotStart, error)
    }
    const holder = leaseHolder(this.#file) as Holder | undefined
    if (holder === undefined) return
    throw new CommandError(
      `${store} is in use by the broker at ${holder.address} (process ${holder.pid}): ` +
        'use that one, or give this one a --port and a --store of its own',
      EXIT.cannotStart,
    )
  }

  /** Locks the store for a server, as long as its process runs. */
  take(pid: number, address: string): void {
    const content = JSON.stringify({ ...processOf(pid), address } satisfies Holder)
    writeFileSync(this.#file, content)
    this.#endLease = keepLease(this.#file, content)
  }

  release(): void {
    this.#endLease()
    rmSync(this.#file, { force: true })
  }
}
