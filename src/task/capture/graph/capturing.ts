import type { ClassRegistry } from '../../../wire/codec/class-registry.ts'
import type { CallSite } from '../inspect/call-sites.ts'
import type { Inspector } from '../inspect/inspector.ts'
import type { ScriptLocation } from '../inspect/scripts.ts'
import type { Callable } from '../reference/known-references.ts'
import type { FunctionSite } from '../syntax/function-site.ts'
import type { Position } from '../syntax/parse.ts'
import type { GraphDraft, CapturedVariable } from './graph-draft.ts'

/** A capture in progress, as its parts see it. */
export interface Capture {
  readonly graph: GraphDraft
  readonly inspector: Inspector
  readonly options: BuilderOptions
  /** Returns the number of a function in the graph. `captured` names the variable that holds it. */
  add(fn: Callable, captured: CapturedVariable): number
  /** The same for the value of a function declaration that replaces itself: if it cannot be sent, the declaration is. */
  addReplaced(fn: Callable, declared: SelfReplacing, around: Capturing, captured: CapturedVariable): number
}

/** A function declaration that replaces itself when it is called, and its position in the script. */
export interface SelfReplacing {
  readonly name: string
  readonly original: Position
}

export interface BuilderOptions {
  readonly callSites: () => readonly CallSite[]
  readonly warn: (message: string) => void
  /** Also record the export of which a function is a part. */
  readonly parts: boolean
  /** The graph is hashed, not sent. */
  readonly hashed: boolean
  /** Returns true if a value can be sent by itself. Used for values that may be left out. */
  readonly canTravel: (capture: Capture, value: unknown) => boolean
}

/** A function that is being captured by value. */
export interface Capturing {
  readonly fn: Callable
  readonly site: FunctionSite
  readonly located: ScriptLocation
  readonly scopes: readonly object[]
  readonly place: () => string
}

export interface CaptureOptions {
  /** Workers can reach shared memory: it is passed, not copied. */
  readonly sharedMemory?: boolean | undefined
  /** Typed arrays from this size on, in bytes, are put into shared memory. */
  readonly shareFrom?: number | undefined
  /** Classes whose instances may be captured. */
  readonly classes?: ClassRegistry | undefined
  /**
   * Also record the export of which a function is a part, for workers that refuse functions by value. @defaultValue
   * false
   */
  readonly parts?: boolean | undefined
  /** The graph is to be hashed, not sent: cached functions count as the functions that they call. @defaultValue false */
  readonly hashed?: boolean | undefined
  /**
   * An error made at the user's call, whose stack has not been read yet. It tells which variables have no value yet.
   */
  readonly calledAt?: Error | undefined
  /** Called with warnings, such as about state of a module that workers will not see. */
  readonly warn?: ((message: string) => void) | undefined
}
