import { Worker } from 'node:worker_threads'

import { UnsupportedError } from '../errors/argument-errors.ts'
import { ownFile } from '../util/own-package.ts'
import type { Verdict } from './failed-call.ts'
import type { ControllerStart, FromController, ToController } from './messages.ts'

/** The thread that stops this one at a throw, and talks to the user meanwhile. It lives for one failure. */
export class ControllerThread {
  readonly #worker: Worker
  readonly #verdict: Promise<Verdict>
  readonly #gone: Promise<void>

  /**
   * Starts the thread. Resolves when it sees the throws of this one.
   *
   * @throws {UnsupportedError} if the runtime has no inspector for it.
   */
  static async start(start: ControllerStart, entry: URL = CONTROLLER_ENTRY): Promise<ControllerThread> {
    // The caller's options are for its own code: a loader would only take time here.
    const worker = new Worker(entry, { workerData: start, execArgv: [] })
    return new Promise((resolve, reject) => {
      const thread = new ControllerThread(worker)
      worker.on('error', reject)
      worker.once('exit', () => reject(unavailable('its thread ended before it was ready', false)))
      worker.on('message', (message: FromController) => {
        if (message.type === 'ready') resolve(thread)
        else if (message.type === 'unavailable') reject(unavailable(message.why, message.denied))
      })
    })
  }

  private constructor(worker: Worker) {
    this.#worker = worker
    this.#gone = new Promise((resolve) => worker.once('exit', () => resolve()))
    this.#verdict = new Promise((resolve) => {
      worker.on('message', (message: FromController) => {
        if (message.type === 'verdict') resolve(message.verdict)
      })
      // The terminal was closed, or the thread failed: no one can decide anything else.
      worker.once('exit', () => resolve('continue'))
    })
  }

  /** Resolves to the user's decision at the place where the replay stopped. */
  verdict(): Promise<Verdict> {
    return this.#verdict
  }

  /** Asks the user for a decision if there is no place to stop at. */
  ask(why: string): Promise<Verdict> {
    this.#tell({ type: 'cannot-stop', why })
    return this.#verdict
  }

  /** Resolves when the thread has ended. */
  async end(): Promise<void> {
    this.#tell({ type: 'end' })
    await this.#gone
  }

  #tell(message: ToController): void {
    this.#worker.postMessage(message)
  }
}

function unavailable(why: string, denied: boolean): UnsupportedError {
  const way = denied ? 'start Node with --allow-inspector (Node 24 and later)' : why
  return new UnsupportedError(`debug needs the inspector of the runtime: ${way}`)
}

/** The file in which the controller's thread begins. */
const CONTROLLER_ENTRY: URL = ownFile('debug/controller/main')
