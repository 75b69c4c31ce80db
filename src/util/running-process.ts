import { readFileSync } from 'node:fs'

/** A process, or one of its threads. `started` tells it from a later one of the same number, where the system says it. */
export interface RunningProcess {
  readonly pid: number
  /** The system's number of the thread. @defaultValue the process as a whole */
  readonly tid?: number
  readonly started: string | null
}

/** This process, to be written down. */
export function thisProcess(): RunningProcess {
  return processOf(process.pid)
}

/** A process that runs now, to be written down. */
export function processOf(pid: number): RunningProcess {
  return { pid, started: startOf(pid) }
}

/** Whether a process that was written down still runs. One that has ended, and that nobody asked about yet, does not. */
export function isRunning({ pid, tid, started }: RunningProcess): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // It is somebody else's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return started === null || started === startOf(pid, tid)
}

/** When a process or thread started, in the system's own terms; null where it does not say, or it has ended. */
export function startOf(pid: number, tid: number = pid): string | null {
  if (process.platform !== 'linux') return null
  try {
    // The name, in brackets, may hold anything.
    const fields = readFileSync(`/proc/${pid}/task/${tid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ')
    return fields[0] === 'Z' ? null : (fields[19] ?? null)
  } catch {
    return null
  }
}
