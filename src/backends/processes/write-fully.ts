import { writevSync } from 'node:fs'

import { restOf } from '../../util/rest-of.ts'

/** More at once comes back as an error of the system's. */
const MAX_WRITE = 2 ** 30
const PAUSE = new Int32Array(new SharedArrayBuffer(4))

/** Writes all bytes of some buffers to a descriptor now, and waits if the reader is slow. */
export function writeFully(fd: number, buffers: readonly Buffer[]): void {
  let rest = [...buffers]
  while (rest.length > 0) {
    try {
      rest = restOf(rest, writevSync(fd, sizable(rest)))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(PAUSE, 0, 0, 1)
    }
  }
}

/** As much as the system takes in one call. */
function sizable(buffers: readonly Buffer[]): Buffer[] {
  const some: Buffer[] = []
  let room = MAX_WRITE
  for (const buffer of buffers) {
    if (room === 0) break
    const part = buffer.length > room ? buffer.subarray(0, room) : buffer
    room -= part.length
    some.push(part)
  }
  return some
}
