import { isMainThread } from 'node:worker_threads'

import { UnsupportedError } from '../errors/argument-errors.ts'
import { type AroundCall, type CalledTask, causeOfFailure } from '../task/task-call.ts'
import { isThenable } from '../util/callbacks.ts'
import type { Verdict } from './failed-call.ts'
import { postMortem } from './post-mortem.ts'
import { isInteractive, tell } from './streams.ts'

/** The number of failures that are printed without a terminal, each from another place. */
const MAX_PRINTED = 10

/** Options of the debugger. */
export interface DebugOptions {
  /** Open the inspector of Node instead of a prompt. */
  readonly inspect: boolean
  /** Called if the user ends the run. The failed call still gets its failure. */
  readonly onQuit: () => void
}

/**
 * Wraps calls: one that fails is called again under the debugger, and the user decides what to do.
 *
 * @throws {UnsupportedError} in a worker thread: the debugger can only stop the main one.
 */
export function debugCalls(options: DebugOptions): AroundCall {
  if (!isMainThread)
    throw new UnsupportedError(
      'debug stops the main thread only, and this is a worker thread: start the run there, or leave debug out',
    )
  const calls = new DebuggedCalls(options)
  return (call, task) => calls.run(call, task)
}

class DebuggedCalls {
  readonly #options: DebugOptions
  /** Places of printed failures. */
  readonly #printed = new Set<string>()

  constructor(options: DebugOptions) {
    this.#options = options
  }

  run(call: () => unknown, task: CalledTask): unknown {
    try {
      const outcome = call()
      if (!isThenable(outcome)) return outcome
      return Promise.resolve(outcome).catch((thrown: unknown) => this.#failed(call, task, thrown))
    } catch (thrown) {
      return this.#failed(call, task, thrown)
    }
  }

  async #failed(call: () => unknown, task: CalledTask, first: unknown): Promise<unknown> {
    const name = `${task.name}[${task.index}]`
    for (let thrown = first; ;) {
      const verdict = await this.#examine(name, call, task, thrown)
      if (verdict === 'quit') this.#options.onQuit()
      if (verdict !== 'retry') throw thrown
      try {
        const outcome = await call()
        tell('green', `✔ ${name} succeeded this time`)
        return outcome
      } catch (again) {
        thrown = again
      }
    }
  }

  #examine(name: string, call: () => unknown, task: CalledTask, failure: unknown): Verdict | Promise<Verdict> {
    const { inspect } = this.#options
    const { thrown, step } = causeOfFailure(failure)
    if (!inspect && !isInteractive() && !this.#isNew(thrown)) return 'continue'
    return postMortem(call, {
      name: step === undefined ? name : `${name}, step "${step}",`,
      input: task.input(),
      thrown,
      locate: task.locate,
      mapStack: task.mapStack,
      inspect,
    })
  }

  /** Returns true the first time that a failure comes from its place. */
  #isNew(thrown: unknown): boolean {
    const stack = thrown instanceof Error ? String(thrown.stack) : ''
    const place = /^ +at .*$/m.exec(stack)?.[0] ?? ''
    if (this.#printed.has(place) || this.#printed.size >= MAX_PRINTED) return false
    this.#printed.add(place)
    return true
  }
}
