import { existsSync } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'

import { CommandError } from '../command-error.ts'
import { EXIT } from '../exit-codes.ts'
import type { LineTarget } from './line-target.ts'

/**
 * Lines to a file, opened before anything runs. What the file held is replaced when the first results come, so that a
 * run that cannot start costs nothing.
 */
export async function fileTarget(path: string, onError: (error: Error) => void): Promise<LineTarget> {
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
    if ((await file.stat()).isFile()) await file.truncate(0)
  }
  return {
    write: (lines) =>
      then(async () => {
        await empty()
        await file.writeFile(lines)
      }),
    close: async (failedToStart) => {
      if (!failedToStart) await then(empty)
      await file.close()
      if (failedToStart && isNew) await rm(path, { force: true })
    },
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'a')
  } catch (error) {
    throw new CommandError(`cannot write ${path}: ${(error as Error).message}`, EXIT.cannotStart, error)
  }
}
