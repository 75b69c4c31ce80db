import type { ViewState } from '../view.ts'

/** The head of a run, as its log has it. Other fields may hold anything. */
export interface RunHead {
  readonly run: string
  readonly code: string
  readonly host: string
  readonly started: number
  readonly [fact: string]: unknown
}

/** One attempt. Times are milliseconds since 1970, as in the log; null if they are not known. */
export interface Attempt {
  readonly run: string
  readonly code: string
  readonly task: number
  readonly input?: unknown
  /** From 1; 0 if the result came from a cache. */
  readonly attempt: number
  readonly state: ViewState
  readonly start: number | null
  readonly ms: number | null
  readonly worker: number | null
  readonly pid?: number | null
  readonly host: string
  readonly step?: string
  readonly steps?: readonly (number | null)[]
  readonly error?: { readonly name: string; readonly message: string; readonly stack?: string | undefined } | undefined
}

/** Successes of consecutive inputs, one after the other in one worker. */
export interface Successes {
  readonly run: string
  readonly code: string
  /** The first input, and how many. */
  readonly task: number
  readonly count: number
  readonly start: number | null
  /** Of all together. */
  readonly ms: number | null
  readonly worker: number | null
  readonly pid?: number | null
  readonly host: string
}

/** A worker appears or is gone. */
export interface WorkerEvent {
  readonly event: 'start' | 'exit'
  readonly worker: number
  readonly slot?: number
  readonly pid?: number | null
  readonly host: string
  readonly at: number
  readonly reason?: string
}

/** The state of a run at one moment; its amounts may hold anything. */
export interface Sample {
  readonly at: number
  readonly [amount: string]: unknown
}

/** The end of a run; its sums may hold anything. */
export interface RunEnd {
  readonly at: number
  readonly [sum: string]: unknown
}
