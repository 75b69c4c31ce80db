import type { CallSite } from './call-sites.ts'
import type { Callable } from './callable.ts'
import type { Graph, Slot } from './graph.ts'
import type { Inspector } from './inspector.ts'
import type { Standing } from './scripts.ts'
import type { Site } from './syntax/site.ts'

/** The capture under way, as its parts see it. */
export interface Capture {
  readonly graph: Graph
  readonly inspector: Inspector
  readonly options: BuilderOptions
  /** The number of a function in the graph; `slot` says who holds it. */
  add(fn: Callable, slot: Slot): number
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
