import type { Locate } from '../../task/task-call.ts'
import type { ClassRegistry } from '../../wire/codec/class-registry.ts'
import type { Encoder } from '../../wire/codec/encoder.ts'
import type { LoadFrame, StepsOfTask } from '../../wire/protocol/frames.ts'
import type { Bundle } from '../../wire/protocol/portable.ts'

/** A function that is ready to run in this worker. */
export interface LoadedFunction {
  readonly id: number
  readonly name: string
  /** Calls the task with one input and its constants. */
  readonly invoke: (input: unknown) => unknown
  /** Calls the task with an input that is the array of its arguments, and its constants. */
  readonly invokeSpread: (input: unknown) => unknown
  readonly classes: ClassRegistry
  /** Encodes its results; undefined if they are passed as they are. */
  readonly results: Encoder | undefined
  /** Encodes the values that it throws. */
  readonly errors: Encoder
  readonly announce: boolean
  readonly measure: LoadFrame['measure']
  /** Its results are sent as lines of JSON. */
  readonly asText: boolean
  /** The content keys of inputs are sent with outcomes. */
  readonly keys: boolean
  /** Sends the output of its tasks to the host, even from the host's own thread. */
  readonly captureOutput: boolean
  /** Maps a stack to the user's own lines. */
  readonly mapStack: (stack: string) => string
  /** Finds the original source of a running position. */
  readonly locate: Locate
  /** True if it calls an instance that was built for it. */
  readonly stateful: boolean
  /** It is called with arrays of inputs. */
  readonly bundle: Bundle | undefined
  /** The steps that it is made of, if only its own module knows them. */
  readonly steps: StepsOfTask | undefined
  /** Closes the instance of a stateful worker. */
  readonly close: (() => unknown) | undefined
}

type Callable = (...args: unknown[]) => unknown

/** Returns the fastest way to call a function with an input and its constants. */
export function invoker(fn: Callable, args: readonly unknown[]): (input: unknown) => unknown {
  if (args.length === 0) return (input) => fn(input)
  if (args.length === 1) {
    const only = args[0]
    return (input) => fn(input, only)
  }
  return (input) => fn(input, ...args)
}

/** Returns the same for an input that is the array of arguments. */
export function spreader(fn: Callable, args: readonly unknown[]): (input: unknown) => unknown {
  if (args.length === 0) return (input) => fn(...listOf(input))
  return (input) => fn(...listOf(input), ...args)
}

function listOf(input: unknown): readonly unknown[] {
  if (Array.isArray(input)) return input as unknown[]
  throw new TypeError(`spread: expected each input to be an array of arguments, got ${kindOf(input)}`)
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
