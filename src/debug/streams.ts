import { writeSync } from 'node:fs'
import { isatty } from 'node:tty'

import { type Look, paintFor } from '../util/terminal-text.ts'

/** Where the debugger reads; not through `process.stdin`, which needs the thread that stands still. */
export const INPUT = 0

/** Somebody is there to talk to. */
export function isInteractive(): boolean {
  return isatty(INPUT) && (isatty(1) || isatty(2))
}

/** Where the debugger writes: stdout is for results, unless it is the only terminal. */
export function outputOf(): number {
  return !isatty(2) && isInteractive() ? 1 : 2
}

/** Writes at once, whatever the main thread does. */
export function write(fd: number, text: string): void {
  let rest = Buffer.from(text)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest))
    } catch (error) {
      // A full pipe that does not wait; one that nobody reads takes no more.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

/** A line for the user. */
export function tell(look: Look, text: string): void {
  const fd = outputOf()
  write(fd, `${paintFor({ isTTY: isatty(fd) })(look, text)}\n`)
}
