import type { BegunStep } from '../../wire/protocol/beacon.ts'

/** The steps of one running item: what runs them says where it is, `currentTask()` and the host see it. */
export class TaskSteps {
  /** The step that runs. */
  current: string | undefined
  /** Its number. */
  number: number | undefined
  /** How often it was tried before. */
  retried = 0
  /** Why nothing more shall run. */
  stopped: { readonly reason: unknown } | undefined
  /** Called when nothing more shall run. */
  onStop: ((reason: unknown) => void) | undefined
  readonly #tell: (step: BegunStep) => boolean
  #controller: AbortController | undefined

  /** `tell` shows a step to the host, and returns whether the item is still wanted. */
  constructor(tell: (step: BegunStep) => boolean) {
    this.#tell = tell
  }

  /** For the step that runs: fires when its time is over, or nothing more shall run. */
  get signal(): AbortSignal {
    return this.#control().signal
  }

  /** A step begins. Returns whether the item is still wanted. */
  begin(name: string, step: BegunStep): boolean {
    this.current = name
    this.number = step.number
    this.retried = step.retried
    this.#controller = undefined
    return this.stopped === undefined && this.#tell(step)
  }

  /** The step that runs is no longer wanted. */
  abort(reason: unknown): void {
    this.#control().abort(reason)
  }

  /** Nothing more of the item is wanted. */
  stop(reason: unknown): void {
    this.stopped ??= { reason }
    this.abort(reason)
    this.onStop?.(reason)
  }

  #control(): AbortController {
    return (this.#controller ??= new AbortController())
  }
}
