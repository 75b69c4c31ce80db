import { readFileSync } from 'node:fs'

/**
 * A process, or one of its threads. `started` tells it from a later one with the same number, on systems that report
 * it.
 */
export interface RunningProcess {
  readonly pid: number
  /** The system's number of the thread. @defaultValue the process as a whole */
  readonly tid?: number
  readonly started: string | null
}

/** Identifies this process, to be written down. */
export function thisProcess(): RunningProcess {
  return processOf(process.pid)
}

/** Identifies a running process, to be written down. */
export function processOf(pid: number): RunningProcess {
  return { pid, started: startOf(pid) }
}

/** Returns true if a process that was written down still runs. A zombie does not. */
export function isRunning({ pid, tid, started }: RunningProcess): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // It belongs to another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return started === null || started === startOf(pid, tid)
}

/** Returns what a lock file says of the process that wrote it, if that process still runs; else undefined. */
export function runningHolder(lockFile: string): RunningProcess | undefined {
  try {
    const holder = JSON.parse(readFileSync(lockFile, 'utf8')) as Partial<RunningProcess>
    const { pid, started = null } = holder
    return typeof pid === 'number' && isRunning({ pid, started }) ? (holder as RunningProcess) : undefined
  } catch {
    return undefined
  }
}

/**
 * The start time of a process or thread, in the system's own terms; null if the system does not report it, or it has
 * ended.
 */
export function startOf(pid: number, tid: number = pid): string | null {
  if (process.platform !== 'linux') return null
  try {
    // The name, in brackets, may hold any characters.
    const fields = readFileSync(`/proc/${pid}/task/${tid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ')
    return fields[0] === 'Z' ? null : (fields[19] ?? null)
  } catch {
    return null
  }
}
