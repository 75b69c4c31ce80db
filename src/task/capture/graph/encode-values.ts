import { types } from 'node:util'

import { CaptureError } from '../../../errors/argument-errors.ts'
import type { ClassRegistry } from '../../../wire/codec/class-registry.ts'
import { Encoder, type ObjectReference } from '../../../wire/codec/encoder.ts'
import { pathTo } from '../../../wire/codec/path.ts'
import type { Encoded } from '../../../wire/codec/special.ts'
import { Unsendable } from '../../../wire/codec/unsendable.ts'
import type { Callable } from '../reference/known-references.ts'
import { objectOfRuntime } from '../reference/native-reference.ts'
import { prototypeOwner } from '../reference/prototype-owner.ts'
import type { Capture } from './capturing.ts'
import { type GraphDraft, type CapturedVariable, refused } from './graph-draft.ts'
import { isMockRefusal } from './tested-imports.ts'
import { refuseWeakEntries } from './weak-entries.ts'

/** Options for copying captured values. */
export interface ValueOptions {
  readonly sharedMemory?: boolean | undefined
  readonly shareFrom?: number | undefined
  readonly classes?: ClassRegistry | undefined
}

/** Copies all captured values. Functions inside them are added to the graph, with their own captures. */
export function encodeValues(capture: Capture, options: ValueOptions): Encoded {
  const { graph } = capture
  const failure: { error?: unknown } = {}
  try {
    const values = encoderFor(capture, options, failure).encode(graph.values)
    refuseWeakEntries(capture)
    return values
  } catch (error) {
    // The encoder reports anything thrown below it as an unreadable value, so the original error is kept aside.
    if (failure.error !== undefined) throw failure.error
    if (!Unsendable.is(error)) throw error
    const { captured, path } = findPart(graph, error.offender)
    throw refused(captured, sentences(path === captured.variable ? 'it' : path, error.reason), error)
  }
}

/** Returns true if a value can be sent, and leaves the graph as it was. */
export function canTravel(capture: Capture, value: unknown, options: ValueOptions): boolean {
  const { graph } = capture
  const mark = graph.mark()
  const failure: { error?: unknown } = {}
  try {
    encoderFor(capture, options, failure).encode(value)
    for (let i = mark.values; i < graph.values.length; i++)
      encoderFor(capture, options, failure).encode(graph.values[i])
    return true
  } catch (error) {
    if (isMockRefusal(failure.error)) throw failure.error
    if (Unsendable.is(error) || error instanceof CaptureError) return false
    throw error
  } finally {
    graph.rollBack(mark)
  }
}

function encoderFor(capture: Capture, options: ValueOptions, failure: { error?: unknown }): Encoder {
  const { sharedMemory = false, shareFrom, classes } = options
  const add = (fn: Callable, part: object): number => {
    try {
      return capture.add(fn, partOf(capture.graph, part))
    } catch (error) {
      failure.error = error
      throw error
    }
  }
  return new Encoder({
    classes,
    sharedMemory,
    shareFrom,
    weak: (collection) => capture.graph.ofClasses.has(collection),
    functions: (fn) => add(fn, fn),
    objects: (value) => referenceTo(value, capture.graph, add),
  })
}

function referenceTo(
  value: object,
  graph: GraphDraft,
  add: (fn: Callable, part: object) => number,
): ObjectReference | undefined {
  if (types.isProxy(value)) return undefined
  const owner = prototypeOwner(value)
  if (owner !== undefined) return ['prototype', add(owner, value)]
  const reference = objectOfRuntime(value)
  return reference && ['function', graph.addObject(value, reference)]
}

/** Names a part of a captured value. Searched for only when it is needed. */
function partOf(graph: GraphDraft, part: unknown): CapturedVariable {
  let known: { captured: CapturedVariable; path: string } | undefined
  const find = (): { captured: CapturedVariable; path: string } => (known ??= findPart(graph, part))
  return {
    get variable() {
      return find().path
    },
    place: () => find().captured.place(),
  }
}

/** Finds the captured variable that a value is part of, and the path to it. */
function findPart(graph: GraphDraft, part: unknown): { captured: CapturedVariable; path: string } {
  for (const [i, captured] of graph.variables.entries()) {
    const value = graph.values[i]
    const path = pathTo(value, part, captured.variable)
    if (path !== captured.variable || Object.is(value, part)) return { captured, path }
  }
  const captured = graph.variables.at(-1) ?? { variable: 'a value', place: () => 'an unknown place' }
  return { captured, path: captured.variable }
}

/** Turns `holds a socket; open it inside the task` into two sentences about a subject. */
function sentences(subject: string, reason: string): string {
  const [what, ...hints] = reason.split('; ')
  const rest = hints.map((hint) => ` ${hint.charAt(0).toUpperCase()}${hint.slice(1)}.`)
  return `${subject} ${what}.${rest.join('')}`
}
