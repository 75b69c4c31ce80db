import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { currentTask } from 'manyhands'

/** Never ends the first time; its second attempt is done at once. */
export async function stuckOnce(_: number, file: string): Promise<number> {
  const { attempt } = currentTask()
  if (attempt === 1) {
    writeFileSync(file, String(process.pid))
    await new Promise((resolve) => setTimeout(resolve, 3_600_000))
  }
  return attempt
}

/** Ends when so many run at once: then all have a worker. */
export async function together(id: number, folder: string, count: number): Promise<void> {
  writeFileSync(join(folder, `here-${id}`), '')
  while (readdirSync(folder).length < count) await new Promise((resolve) => setTimeout(resolve, 2))
}
