import { existsSync } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'

import { restOf } from '../../util/rest-of.ts'
import { CommandError, EXIT } from '../command-error.ts'
import type { LineTarget } from './line-target.ts'

/** Bytes read at once. */
const PIECE = 65_536

/**
 * Writes lines to a file, which is opened before anything runs. Its content is replaced when the first results come, so
 * that a run that cannot start costs nothing. The first `keeps()` bytes stay if they are whole lines; else all whole
 * lines do. Without `isText` all bytes count as such.
 */
export async function fileTarget(
  path: string,
  keeps: () => number,
  onError: (error: Error) => void,
  isText = true,
): Promise<LineTarget> {
  const isNew = !existsSync(path)
  const file = await openFile(path)
  let isEmptied = false
  /** The position at which the next lines begin; undefined for pipes and devices. */
  let end: number | undefined
  let last = Promise.resolve()
  let broken = false
  const then = (step: () => Promise<unknown>): Promise<void> => {
    last = last.then(async () => {
      if (broken) return
      try {
        await step()
      } catch (error) {
        broken = true
        onError(error as Error)
      }
    })
    return last
  }
  const empty = async (): Promise<void> => {
    if (isEmptied) return
    isEmptied = true
    // Pipes and devices cannot be emptied.
    const stats = await file.stat()
    if (!stats.isFile()) return
    end = isText ? await wholeLines(path, stats.size, keeps()) : Math.min(stats.size, keeps())
    await file.truncate(end)
  }
  return {
    write: (lines, written) =>
      then(async () => {
        await empty()
        const bytes = await writeAll(file, lines).catch((error: unknown) => takeBack(file, end, error))
        const start = end
        if (end !== undefined) end += bytes
        written(start === undefined ? undefined : (offset) => start + offset)
      }),
    close: async (failedToStart) => {
      if (!failedToStart) await then(empty)
      await file.close()
      if (failedToStart && isNew) await rm(path, { force: true })
    },
  }
}

/** The most buffers that all systems take in one call. */
const MOST_BUFFERS = 512

/** Writes all of some buffers. Resolves to their bytes. */
async function writeAll(file: FileHandle, buffers: readonly Uint8Array[]): Promise<number> {
  let total = 0
  for (let rest = buffers; rest.length > 0;) {
    const { bytesWritten } = await file.writev(rest.slice(0, MOST_BUFFERS))
    total += bytesWritten
    rest = restOf(rest, bytesWritten)
  }
  return total
}

/** Removes lines of which only a part could be written: no one was told that they were. Throws the error of the write. */
async function takeBack(file: FileHandle, end: number | undefined, error: unknown): Promise<never> {
  // Pipes and devices keep what they have.
  if (end !== undefined) await file.truncate(end).catch(() => {})
  throw error
}

/** Counts the bytes of a file that are whole lines: `most`, if a line ends there. */
async function wholeLines(path: string, size: number, most: number): Promise<number> {
  if (most === 0) return 0
  const file = await open(path, 'r')
  try {
    const piece = Buffer.alloc(PIECE)
    if (most <= size && (await file.read(piece, 0, 1, most - 1)).bytesRead === 1 && piece[0] === 0x0a) return most
    for (let end = size; end > 0;) {
      const start = Math.max(0, end - PIECE)
      const { bytesRead } = await file.read(piece, 0, end - start, start)
      const at = piece.subarray(0, bytesRead).lastIndexOf(0x0a)
      if (at >= 0) return start + at + 1
      end = start
    }
    return 0
  } finally {
    await file.close()
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'a')
  } catch (error) {
    throw new CommandError(`cannot write ${path}: ${(error as Error).message}`, EXIT.cannotStart, error)
  }
}
