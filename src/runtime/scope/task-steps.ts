import type { BegunStep } from '../../wire/protocol/beacon.ts'

/** The steps of one running item. The code that runs them reports its position; `currentTask()` and the host see it. */
export class TaskSteps {
  /** The name of the running step. */
  current: string | undefined
  /** Its number. */
  number: number | undefined
  /** The number of its earlier tries. */
  retried = 0
  /** Set if no further step must run. */
  stopped: { readonly reason: unknown } | undefined
  /** Returns the index of the input that runs, if the item stands for many inputs. */
  index: (() => number) | undefined
  /** Called when no further step must run. */
  onStop: ((reason: unknown) => void) | undefined
  readonly #tell: (step: BegunStep) => boolean
  #controller: AbortController | undefined

  /** `tell` shows a step to the host, and returns false if the item is no longer wanted. */
  constructor(tell: (step: BegunStep) => boolean) {
    this.#tell = tell
  }

  /** The signal of the running step. Fires when its time is over, or no further step must run. */
  get signal(): AbortSignal {
    return this.#control().signal
  }

  /** Begins a step. Returns false if the item is no longer wanted. */
  begin(name: string | undefined, step: BegunStep): boolean {
    this.current = name
    this.number = step.number
    this.retried = step.retried
    this.#controller = undefined
    return this.stopped === undefined && this.#tell(step)
  }

  /** Aborts the running step. */
  abort(reason: unknown): void {
    this.#control().abort(reason)
  }

  /** Aborts the item as a whole. */
  stop(reason: unknown): void {
    this.stopped ??= { reason }
    this.abort(reason)
    this.onStop?.(reason)
  }

  #control(): AbortController {
    return (this.#controller ??= new AbortController())
  }
}
