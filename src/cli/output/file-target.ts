import { existsSync } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'

import { CommandError } from '../command-error.ts'
import { EXIT } from '../exit-codes.ts'
import type { LineTarget } from './line-target.ts'

/** Bytes that are read at once. */
const PIECE = 65_536

/**
 * Lines to a file, opened before anything runs. What the file held is replaced when the first results come, so that a
 * run that cannot start costs nothing. Where it `appends` it stays, but for a last line without its end: its result was lost.
 */
export async function fileTarget(
  path: string,
  appends: () => boolean,
  onError: (error: Error) => void,
): Promise<LineTarget> {
  const isNew = !existsSync(path)
  const file = await openFile(path)
  let isEmptied = false
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
    if (stats.isFile()) await file.truncate(appends() ? await wholeLines(path, stats.size) : 0)
  }
  return {
    write: (lines, written) =>
      then(async () => {
        await empty()
        await file.writeFile(lines)
        written()
      }),
    close: async (failedToStart) => {
      if (!failedToStart) await then(empty)
      await file.close()
      if (failedToStart && isNew) await rm(path, { force: true })
    },
  }
}

/** How many bytes of a file are whole lines. */
async function wholeLines(path: string, size: number): Promise<number> {
  const file = await open(path, 'r')
  try {
    const piece = Buffer.alloc(PIECE)
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
