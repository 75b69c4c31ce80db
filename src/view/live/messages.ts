import type { Live } from '../live.ts'
import type { View } from '../view.ts'
import type { Change, Json } from './changes.ts'

/** The messages to a live page, by the names of the events. */
export interface LiveMessages {
  /** The whole state. */
  readonly state: LiveState
  /** The changes in it since the message before. */
  readonly changes: Change
  /** Single attempts, packed: of runs alone. They come less often than the state. */
  readonly attempts: PackedAttempts
  /** The server ends. */
  readonly bye: { readonly why: string }
}

export type LiveState =
  | { readonly of: 'runs'; readonly runs: readonly RunRow[]; readonly folder: string }
  /** `live`: what its workers do just now, if it tells. */
  | { readonly of: 'run'; readonly view: LiveView; readonly live?: Live | undefined }
  | { readonly of: 'cluster'; readonly cluster: ClusterState }
  /** It cannot be shown. */
  | { readonly of: 'problem'; readonly problem: string }

/** A view without single attempts but the slowest, and with fewer kinds of failure. */
export type LiveView = View

export interface PackedAttempts {
  /** The unit of times, in milliseconds. */
  readonly unit: number
  readonly steps: number
  /** Base64 of deflated bytes. */
  readonly packed: string
}

/** A run in the list of those of a folder. */
export interface RunRow {
  readonly run: string
  readonly name: string
  readonly state: 'running' | 'killed' | 'ended'
  readonly exitCode: number | null
  readonly started: number
  readonly ended: number | null
  readonly total: number | null
  /** Undefined if the log does not tell. */
  readonly ok?: number | undefined
  readonly failed?: number | undefined
  /** Tasks that ended per second, lately. */
  readonly rate?: number | undefined
  readonly host: string
}

/** A group of workers on other machines. */
export interface ClusterState {
  readonly group: string
  readonly servers: string
  /** Milliseconds since 1970. */
  readonly at: number
  /** The reason why the broker does not answer now. */
  readonly problem?: string | undefined
  readonly agents: readonly AgentRow[]
  /** Batches done per second over the last minutes, one for each look. */
  readonly rates: readonly number[]
}

/** Workers of one process on one machine. */
export interface AgentRow {
  readonly agent: string
  readonly host: string
  readonly pid: number
  readonly slots: number
  readonly busy: number
  readonly lent: number
  readonly clients: number
  readonly waiting: number
  readonly done: number
  readonly rate: number
  readonly uptime: number
  readonly modules: readonly string[]
  readonly allowsCode: boolean
  readonly draining: boolean
}

/** Makes a state comparable with the one before. */
export function asJson(state: LiveState): Json {
  return state as unknown as Json
}
