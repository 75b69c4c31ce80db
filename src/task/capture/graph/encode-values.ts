import { CaptureError } from '../../../errors/argument-errors.ts'
import type { ClassRegistry } from '../../../wire/codec/class-registry.ts'
import { Encoder } from '../../../wire/codec/encoder.ts'
import { pathTo } from '../../../wire/codec/path.ts'
import type { Encoded } from '../../../wire/codec/special.ts'
import { Unsendable } from '../../../wire/codec/unsendable.ts'
import type { Capture } from './capturing.ts'
import { type Graph, type CapturedVariable, refused } from './graph.ts'

/** How captured values are copied. */
export interface ValueOptions {
  readonly sharedMemory?: boolean | undefined
  readonly shareFrom?: number | undefined
  readonly classes?: ClassRegistry | undefined
}

/** Copies all captured values, and adds the functions inside them to the graph with what these capture in turn. */
export function encodeValues(capture: Capture, options: ValueOptions): Encoded {
  const { graph } = capture
  const failure: { error?: unknown } = {}
  try {
    return encoderFor(capture, options, failure).encode(graph.values)
  } catch (error) {
    // The encoder reports whatever is thrown below it as a value that could not be read.
    if (failure.error !== undefined) throw failure.error
    if (!Unsendable.is(error)) throw error
    const { slot, path } = whereabouts(graph, error.offender)
    throw refused(slot, sentences(path === slot.variable ? 'it' : path, error.reason), error)
  }
}

/** Tells whether a value can travel, and leaves the graph as it was. */
export function canTravel(capture: Capture, value: unknown, options: ValueOptions): boolean {
  const { graph } = capture
  const mark = graph.mark()
  try {
    encoderFor(capture, options, {}).encode(value)
    for (let i = mark.slots; i < graph.values.length; i++) encoderFor(capture, options, {}).encode(graph.values[i])
    return true
  } catch (error) {
    if (Unsendable.is(error) || error instanceof CaptureError) return false
    throw error
  } finally {
    graph.rollBack(mark)
  }
}

function encoderFor(capture: Capture, options: ValueOptions, failure: { error?: unknown }): Encoder {
  const { sharedMemory = false, shareFrom, classes } = options
  return new Encoder({
    classes,
    sharedMemory,
    shareFrom,
    functions: (fn) => {
      try {
        return capture.add(fn, slotInside(capture.graph, fn))
      } catch (error) {
        failure.error = error
        throw error
      }
    },
  })
}

/** Names a part of a captured value, if anybody asks. */
function slotInside(graph: Graph, part: unknown): CapturedVariable {
  let known: { slot: CapturedVariable; path: string } | undefined
  const find = (): { slot: CapturedVariable; path: string } => (known ??= whereabouts(graph, part))
  return {
    get variable() {
      return find().path
    },
    place: () => find().slot.place(),
  }
}

/** The captured variable that a value is part of, and the way to it. */
function whereabouts(graph: Graph, part: unknown): { slot: CapturedVariable; path: string } {
  for (const [i, slot] of graph.slots.entries()) {
    const value = graph.values[i]
    const path = pathTo(value, part, slot.variable)
    if (path !== slot.variable || Object.is(value, part)) return { slot, path }
  }
  const slot = graph.slots.at(-1) ?? { variable: 'a value', place: () => 'an unknown place' }
  return { slot, path: slot.variable }
}

/** `holds a socket; open it inside the task` becomes two sentences about a subject. */
function sentences(subject: string, reason: string): string {
  const [what, ...hints] = reason.split('; ')
  const rest = hints.map((hint) => ` ${hint.charAt(0).toUpperCase()}${hint.slice(1)}.`)
  return `${subject} ${what}.${rest.join('')}`
}
