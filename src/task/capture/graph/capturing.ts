import type { ClassRegistry } from '../../../wire/codec/class-registry.ts'
import type { CallSite } from '../inspect/call-sites.ts'
import type { Inspector } from '../inspect/inspector.ts'
import type { Standing } from '../inspect/scripts.ts'
import type { Callable } from '../reference/known-references.ts'
import type { Site } from '../syntax/site.ts'
import type { Graph, CapturedVariable } from './graph.ts'

/** The capture under way, as its parts see it. */
export interface Capture {
  readonly graph: Graph
  readonly inspector: Inspector
  readonly options: BuilderOptions
  /** The number of a function in the graph; `slot` says who holds it. */
  add(fn: Callable, slot: CapturedVariable): number
}

export interface BuilderOptions {
  readonly callSites: () => readonly CallSite[]
  readonly warn: (message: string) => void
  /** Functions of which an export is made are named after it, too. */
  readonly parts: boolean
  /** Tells whether a value can travel by itself, for what may stay behind. */
  readonly canTravel: (capture: Capture, value: unknown) => boolean
}

/** A function that is being captured by value. */
export interface Capturing {
  readonly fn: Callable
  readonly site: Site
  readonly standing: Standing
  readonly scopes: readonly object[]
  readonly place: () => string
}

export interface CaptureOptions {
  /** Shared memory reaches the workers: it is passed, not copied. */
  readonly sharedMemory?: boolean | undefined
  /** Typed arrays from this size on, in bytes, are put into shared memory. */
  readonly shareFrom?: number | undefined
  /** Classes whose instances may be captured. */
  readonly classes?: ClassRegistry | undefined
  /** Workers may refuse functions by value: those of which an export is made are named after it, too. @defaultValue false */
  readonly parts?: boolean | undefined
  /** Made where the user called. Its stack must not have been read; it tells which variables have no value yet. */
  readonly calledAt?: Error | undefined
  /** Takes what the user should know, such as state of a module that workers will not see. */
  readonly warn?: ((message: string) => void) | undefined
}
