import { readFileSync } from 'node:fs'

import { hostId } from './host-id.ts'

/**
 * A process, or one of its threads. `started` tells it from a later one with the same number, on systems that report
 * it.
 */
export interface RunningProcess {
  readonly pid: number
  /** The system's number of the thread. @defaultValue the process as a whole */
  readonly tid?: number
  readonly started: string | null
  /** The machine and process namespace that its number belongs to. @defaultValue those of this process */
  readonly host?: string
}

/** Identifies this process, to be written down. */
export function thisProcess(): RunningProcess {
  return processOf(process.pid)
}

/** Identifies a running process, to be written down. */
export function processOf(pid: number): RunningProcess {
  return { pid, started: startOf(pid), host: hostId() }
}

/**
 * Returns true if a process that was written down still runs. A zombie does not. One of another machine or container
 * counts as running, since this process cannot know.
 */
export function isRunning({ pid, tid, started, host }: RunningProcess): boolean {
  if (host !== undefined && host !== hostId()) return true
  try {
    process.kill(pid, 0)
  } catch (error) {
    // It belongs to another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  if (started === null) return true
  const now = lookUp(pid, tid)
  // If it cannot be looked up now, as when this process has no descriptors left, it counts as running.
  return now === undefined || now === started
}

/**
 * The start time of a process or thread, in the system's own terms; null if the system does not report it, or it has
 * ended.
 */
export function startOf(pid: number, tid: number = pid): string | null {
  return lookUp(pid, tid) ?? null
}

/** The same; undefined if it cannot be looked up. */
function lookUp(pid: number, tid: number = pid): string | null | undefined {
  if (process.platform !== 'linux') return null
  try {
    // The name, in brackets, may hold any characters.
    const fields = readFileSync(`/proc/${pid}/task/${tid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ')
    return fields[0] === 'Z' ? null : (fields[19] ?? null)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ESRCH' ? null : undefined
  }
}
