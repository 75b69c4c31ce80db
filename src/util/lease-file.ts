import { closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs'
import { clearInterval, setInterval } from 'node:timers'

import { hostId } from './host-id.ts'
import { isRunning, type RunningProcess } from './running-process.ts'

/** Time between two signs of life, in milliseconds. */
const BEAT_MS = 10_000
/** A holder that cannot be looked up, and has given no sign for this long, in milliseconds, is gone. */
const SILENT_MS = 60_000

const held = new Map<string, string>()
let heart: NodeJS.Timeout | undefined

/**
 * Gives signs of life in a file that names its holder: its time of change. Processes on other machines, and in other
 * containers, cannot look the holder up. Returns the function that ends it.
 */
export function keepLease(path: string, content: string): () => void {
  held.set(path, content)
  heart ??= setInterval(beat, BEAT_MS).unref()
  return () => {
    held.delete(path)
    if (held.size > 0) return
    clearInterval(heart)
    heart = undefined
  }
}

/** Writes the same again: the file's system sets the time, so that the clocks of machines need not agree. */
export function beat(): void {
  for (const [path, content] of held) {
    try {
      if (readFileSync(path, 'utf8') !== content) continue
      const fd = openSync(path, 'r+')
      writeSync(fd, content, 0)
      closeSync(fd)
    } catch {
      // It was removed, or cannot be written any more.
    }
  }
}

/**
 * Returns the holder that a file names, if it is alive. One that this process cannot look up is alive until it has been
 * silent for a minute. `now` is the time by the clock of the file system, in milliseconds.
 */
export function leaseHolder(path: string, now: number = Date.now()): RunningProcess | undefined {
  try {
    const holder = JSON.parse(readFileSync(path, 'utf8')) as Partial<RunningProcess>
    const { pid, host, started = null } = holder
    if (typeof pid !== 'number') return undefined
    const isAlive =
      host === undefined || host === hostId() ? isRunning({ pid, started }) : now - statSync(path).mtimeMs < SILENT_MS
    return isAlive ? (holder as RunningProcess) : undefined
  } catch {
    return undefined
  }
}
