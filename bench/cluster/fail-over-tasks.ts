import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Never ends the first time, of which a file tells; it is done at once where there is one. */
export async function stuckOnce(value: number, file: string): Promise<number> {
  if (existsSync(file)) return value
  writeFileSync(file, String(process.pid))
  return new Promise(() => setTimeout(() => {}, 3_600_000))
}

/** Ends when so many run at once: then all have a worker. */
export async function together(id: number, folder: string, count: number): Promise<void> {
  writeFileSync(join(folder, `here-${id}`), '')
  while (readdirSync(folder).length < count) await new Promise((resolve) => setTimeout(resolve, 2))
}
