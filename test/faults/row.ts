import type { BackendName } from './case.js'
import type { CaseOptions } from './run-case.js'

/** How a process ends. */
export type Exit = { readonly code: number } | { readonly signal: NodeJS.Signals }

/** How the process of a case must end. */
export interface Expected {
  /** One of these. */
  readonly exits: readonly Exit[]
  /** It comes to its end, rather than dying on the way. */
  readonly reachesEnd: boolean
  /** Processes that stay behind: none, but where a limit says so. */
  readonly survivors: number
  /** Kinds of handles that Node itself does not let go of, though they keep nothing alive. */
  readonly handles?: readonly string[]
}

/** A test of another suite. */
export interface ShownBy {
  /** From the root of the repository. */
  readonly file: string
  /** Its name, as it stands there. */
  readonly test: string
}

/** What holds for one fault on one backend. */
export interface Cell {
  /** `held`: as the catalogue says. `limit`: it cannot be; the cases show what happens instead. */
  readonly status: 'held' | 'limit'
  readonly why?: string
  /** Cases by file and export. */
  readonly cases: readonly string[]
  /** The test of another suite that shows it instead. */
  readonly shownBy?: ShownBy
  readonly expected: Expected
  readonly options: CaseOptions
}

/** One fault of the catalogue. */
export interface Row {
  readonly id: string
  readonly title: string
  readonly cells: Readonly<Record<BackendName, Cell>>
}

const ENDS_WELL: Expected = { exits: [{ code: 0 }], reachesEnd: true, survivors: 0 }

/** The backend does what the catalogue says. */
export function held(
  cases: string | readonly string[],
  options: CaseOptions = {},
  expected: Partial<Expected> = {},
): Cell {
  return { status: 'held', cases: [cases].flat(), expected: { ...ENDS_WELL, ...expected }, options }
}

/** The same, shown by a test of another suite. */
export function heldBy(file: string, test: string): Cell {
  return { ...held([]), shownBy: { file, test } }
}

/** It cannot, and a test of another suite shows what happens instead. */
export function limitBy(why: string, file: string, test: string): Cell {
  return { ...limit(why, []), shownBy: { file, test } }
}

/** The backend does it, and the process of the case ends in another way than well: that is the case. */
export function heldEnding(cases: string | readonly string[], exit: Exit, options: CaseOptions = {}): Cell {
  return {
    status: 'held',
    cases: [cases].flat(),
    expected: { exits: [exit], reachesEnd: false, survivors: 0 },
    options,
  }
}

/** The backend cannot do it. The cases show what it does. */
export function limit(
  why: string,
  cases: string | readonly string[],
  expected: Partial<Expected> = {},
  options: CaseOptions = {},
): Cell {
  return { status: 'limit', why, cases: [cases].flat(), expected: { ...ENDS_WELL, ...expected }, options }
}

/** The same on every backend. */
export function everywhere(cell: Cell): Row['cells'] {
  return { serial: cell, threads: cell, processes: cell }
}

/** The same on the backends that have workers of their own. */
export function workersOnly(cell: Cell, serial: Cell): Row['cells'] {
  return { serial, threads: cell, processes: cell }
}

export function row(id: string, title: string, cells: Row['cells']): Row {
  return { id, title, cells }
}

/** Dies on the way, by a signal or with a code. */
export function dies(exit: Exit, survivors = 0): Partial<Expected> {
  return { exits: [exit], reachesEnd: false, survivors }
}

/** Ends well, or V8 gives up. */
export function mayAbort(): Partial<Expected> {
  return { exits: [{ code: 0 }, { signal: 'SIGABRT' }, { signal: 'SIGTRAP' }], reachesEnd: false }
}
