import type { Writable } from 'node:stream'

/** Returns the position in a file of what ends at an offset in lines that were written together. */
export type EndInFile = (offset: number) => number

/** The destination of lines. */
export interface LineTarget {
  /**
   * Hands lines over. Calls `written` when they have arrived; for files with what tells where they ended.
   * Resolves when there is room for more; returns undefined if there is some now.
   */
  write(lines: readonly Uint8Array[], written: (endInFile?: EndInFile) => void): Promise<void> | undefined
  /** Resolves when all is written. With `failedToStart`, what was there before stays. */
  close(failedToStart: boolean): Promise<void>
}

/** Writes lines to a stream by `put`, no faster than it takes them. Calls `onError` once if it takes no more. */
export function streamTarget(
  stream: Writable,
  put: typeof process.stdout.write,
  onError: (error: Error) => void,
): LineTarget {
  let isBroken = false
  /** Writers that wait for room, which may never come once the stream is broken. */
  let waiting: (() => void)[] = []
  const wake = (): void => {
    const woken = waiting
    waiting = []
    for (const resolve of woken) resolve()
  }
  stream.on('drain', wake)
  stream.on('error', (error) => {
    if (!isBroken) onError(error)
    isBroken = true
    wake()
  })
  return {
    write: (lines, written) =>
      isBroken ||
      put(lines.length === 1 ? (lines[0] as Uint8Array) : Buffer.concat(lines), (error) =>
        error ? undefined : written(),
      )
        ? undefined
        : new Promise<void>((resolve) => waiting.push(resolve)),
    close: () =>
      new Promise<void>((resolve) => {
        if (isBroken) return resolve()
        waiting.push(resolve)
        // Once this is written, all before it is. Standard streams do not end.
        put('', () => resolve())
      }),
  }
}
