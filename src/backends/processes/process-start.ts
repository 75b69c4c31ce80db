import type { RunningItem } from '../../wire/protocol/beacon.ts'
import type { WorkerMessage } from '../../wire/protocol/compact-frames.ts'

/** File descriptors of a worker process beside the three of old. */
export const FROM_HOST = 3
export const TO_HOST = 4
/** The watchdog's own, both ways. Only the host holds the other end: when it closes, the host is gone. */
export const WATCHDOG = 5

/** The argument that a worker process is started with, as JSON. */
export interface ProcessStart {
  readonly nonce: number
  readonly id: number
  readonly slot: number
  readonly concurrency: number
}

/** A message of a worker process to its host: a frame, or at its end the tasks that it was running. */
export type ProcessMessage = WorkerMessage | { readonly type: 'exiting'; readonly running: readonly RunningItem[] }

/** A question of the host to the watchdog. */
export type WatchdogRequest = { readonly id: number } & (
  | { readonly ask: 'look' }
  | { readonly ask: 'revoke'; readonly slot: number; readonly batch: number }
)

export interface WatchdogReply {
  readonly id: number
  readonly answer: unknown
}

/** True if a process can be ended together with the processes that it started. On Windows these stay. */
const HAS_GROUPS = process.platform !== 'win32'

/** Options to spawn a worker process as the leader of its own group, so that a terminal's Ctrl-C does not reach it. */
export const GROUP_OPTIONS: { readonly detached: boolean; readonly windowsHide: boolean } = {
  detached: HAS_GROUPS,
  windowsHide: true,
}

/** Ends a worker process and all that it started, at once. */
export function endGroup(pid: number): void {
  try {
    process.kill(HAS_GROUPS ? -pid : pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}

/** Ends the calling process and all that it started, at once. */
export function endOwnGroup(): void {
  endGroup(process.pid)
}
