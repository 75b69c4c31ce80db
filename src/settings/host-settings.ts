import type { LogsOption } from '../logs/log-record.ts'

/** What a pool says for its runs. */
export interface HostSettings {
  readonly workers?: number
  readonly concurrency?: number
  readonly logs?: LogsOption
}
