import type { Writable } from 'node:stream'

/** Where lines of results go. */
export interface LineTarget {
  /**
   * Hands lines over; `written` is called when they have arrived, with where they begin in a file, in bytes. Resolves when
   * there is room for more.
   */
  write(lines: string, written: (start?: number) => void): Promise<void> | undefined
  /** Resolves when all is written. What was there before stays where the run `failedToStart`. */
  close(failedToStart: boolean): Promise<void>
}

/** Lines to a stream, no faster than it takes them. `onError` is told once that it takes no more. */
export function streamTarget(stream: Writable, onError: (error: Error) => void): LineTarget {
  let isBroken = false
  /** Those who wait for room that may never come once the stream is broken. */
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
      isBroken || stream.write(lines, (error) => (error ? undefined : written()))
        ? undefined
        : new Promise<void>((resolve) => waiting.push(resolve)),
    close: () =>
      new Promise<void>((resolve) => {
        if (isBroken) return resolve()
        waiting.push(resolve)
        // What came before is written when this is; standard streams do not end.
        stream.write('', () => resolve())
      }),
  }
}
