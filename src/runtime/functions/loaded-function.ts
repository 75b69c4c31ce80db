import type { Locate } from '../../task/task-call.ts'
import type { ClassRegistry } from '../../wire/codec/class-registry.ts'
import type { Encoder } from '../../wire/codec/encoder.ts'
import type { StepsOfTask } from '../../wire/protocol/frames.ts'

/** A function that is ready to run here, with all that goes with it. */
export interface LoadedFunction {
  readonly id: number
  readonly name: string
  /** Calls the task with one input and its constants. */
  readonly invoke: (input: unknown) => unknown
  /** The same for an input that is the list of arguments. */
  readonly invokeSpread: (input: unknown) => unknown
  readonly classes: ClassRegistry
  /** Encodes its results; absent where they are passed as they are. */
  readonly results: Encoder | undefined
  /** Encodes what it throws. */
  readonly errors: Encoder
  readonly announce: boolean
  readonly measure: boolean
  /** What its tasks print goes to the host, from the host's own thread, too. */
  readonly captureOutput: boolean
  /** Turns a stack into one that points at the user's own lines. */
  readonly mapStack: (stack: string) => string
  /** Where the user wrote what runs. */
  readonly locate: Locate
  /** It calls an instance that was built for it. */
  readonly stateful: boolean
  /** The steps that it is made of, where only its own module says so. */
  readonly steps: StepsOfTask | undefined
  /** Ends what a stateful worker holds. */
  readonly close: (() => unknown) | undefined
}

type Callable = (...args: unknown[]) => unknown

/** The quickest way to call a function with an input and its constants. */
export function invoker(fn: Callable, args: readonly unknown[]): (input: unknown) => unknown {
  if (args.length === 0) return (input) => fn(input)
  if (args.length === 1) {
    const only = args[0]
    return (input) => fn(input, only)
  }
  return (input) => fn(input, ...args)
}

/** The same for an input that is the list of arguments. */
export function spreader(fn: Callable, args: readonly unknown[]): (input: unknown) => unknown {
  if (args.length === 0) return (input) => fn(...listOf(input))
  return (input) => fn(...listOf(input), ...args)
}

function listOf(input: unknown): readonly unknown[] {
  if (Array.isArray(input)) return input as unknown[]
  throw new TypeError(`with spread each input is the list of arguments; this one is no array`)
}
