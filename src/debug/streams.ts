import { writeSync } from 'node:fs'
import { isatty } from 'node:tty'

import { type Look, paintFor } from '../util/text/terminal-text.ts'

/**
 * The file descriptor that the debugger reads. It does not use `process.stdin`, which needs the thread that is stopped.
 */
export const INPUT = 0

/** Returns true if there is a terminal to ask at. */
export function isInteractive(): boolean {
  return isatty(INPUT) && (isatty(1) || isatty(2))
}

/** The file descriptor that the debugger writes to: stdout is for results, unless it is the only terminal. */
export function outputOf(): number {
  return !isatty(2) && isInteractive() ? 1 : 2
}

/** Writes at once, even if the main thread is stopped. */
export function write(fd: number, text: string): void {
  let rest = Buffer.from(text)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest))
    } catch (error) {
      // A full non-blocking pipe takes more later. A closed one never does.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

/** Writes a line for the user. */
export function tell(look: Look, text: string): void {
  const fd = outputOf()
  write(fd, `${paintFor({ isTTY: isatty(fd) })(look, text)}\n`)
}
