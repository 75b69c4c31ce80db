import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import type { Frame } from './frames.ts'
import type { MainThread } from './main-thread.ts'

/** The text around a place, by lines. */
export interface SourceLines {
  readonly lines: readonly string[]
  /** The number of the first, from 0. */
  readonly first: number
  /** The place in it, from 0. */
  readonly line: number
  readonly column: number
}

/** What the user wrote where a frame stands; where there is no such file, what runs there. */
export async function sourceLines(main: MainThread, { position, script }: Frame): Promise<SourceLines | undefined> {
  const file = readLines(position.url)
  if (file !== undefined && position.line < file.length)
    return { lines: file, first: 0, line: position.line, column: position.column }
  try {
    const text = await main.source(script.id)
    const first = main.script(script.id).startLine
    return { lines: text.split('\n'), first, line: script.line, column: script.column }
  } catch {
    return undefined
  }
}

function readLines(url: string): string[] | undefined {
  try {
    return readFileSync(fileURLToPath(url), 'utf8').split(/\r?\n/)
  } catch {
    return undefined
  }
}
