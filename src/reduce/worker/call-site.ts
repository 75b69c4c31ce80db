import type { LoadedFunction } from '../../runtime/functions/loaded-function.ts'
import type { TaskHandle } from '../../runtime/scope/task-handle.ts'
import type { TaskScope } from '../../runtime/scope/task-scope.ts'
import type { TaskSteps } from '../../runtime/scope/task-steps.ts'
import { monotonicNow } from '../../util/time.ts'
import type { ClassRegistry } from '../../wire/codec/class-registry.ts'
import { encodeThrown } from '../../wire/codec/encode-thrown.ts'
import type { Encoded } from '../../wire/codec/special.ts'

/** Thrown when the call was cancelled. */
export class Stopped {
  readonly reason: unknown

  constructor(reason: unknown) {
    this.reason = reason
  }
}

/** The place of a call in its worker: it tells the host what is running, and hears from it when to stop. */
export class CallSite {
  readonly classes: ClassRegistry
  readonly task: TaskHandle
  readonly #steps: TaskSteps
  readonly #fn: LoadedFunction

  constructor({ batch, item, lane }: TaskScope) {
    this.#fn = batch.fn(item)
    this.classes = this.#fn.classes
    this.task = batch.task(item)
    this.#steps = batch.steps(item, lane)
  }

  /** Tells the index of the input that runs, for `currentTask()`. */
  set indexOf(index: () => number) {
    this.#steps.index = index
  }

  /** Begins an input, or what `number` stands for. `timeout`: its milliseconds. Throws if the call is not wanted. */
  begin(number: number, retried: number, timeout: number | undefined): void {
    const until = timeout === undefined ? 0 : monotonicNow() + timeout
    if (!this.#steps.begin(undefined, { number, retried, until })) throw new Stopped(this.#steps.stopped?.reason)
  }

  /** Aborts the signal of what runs. */
  abort(reason: unknown): void {
    this.#steps.abort(reason)
  }

  onStop(callback: ((reason: unknown) => void) | undefined): void {
    this.#steps.onStop = callback
  }

  /** Encodes what an input threw. */
  thrown(value: unknown): Encoded {
    return encodeThrown(value, this.#fn.errors)
  }
}
