import { writevSync } from 'node:fs'

const PAUSE = new Int32Array(new SharedArrayBuffer(4))

/** Writes all of some buffers to a descriptor now, waiting where the reader is slow. */
export function writeFully(fd: number, buffers: readonly Buffer[]): void {
  let rest = [...buffers]
  while (rest.length > 0) {
    try {
      rest = after(rest, writevSync(fd, rest))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(PAUSE, 0, 0, 1)
    }
  }
}

function after(buffers: readonly Buffer[], written: number): Buffer[] {
  const rest: Buffer[] = []
  for (const buffer of buffers) {
    if (written < buffer.length) rest.push(buffer.subarray(written))
    written = Math.max(0, written - buffer.length)
  }
  return rest
}
