import type { Look, Paint } from '../../util/text/terminal-text.ts'
import { escapeText } from '../../util/text/terminal-text.ts'
import { fit, widthOf } from '../../util/text/text-width.ts'

/** A piece of a line: a text without control characters, and its look. */
export type Cell = readonly [text: string, look?: Look | undefined]

/** Returns the columns that cells take. */
export function cellsWidth(cells: readonly Cell[]): number {
  return cells.reduce((sum, [text]) => sum + widthOf(text), 0)
}

/** Makes a line of cells, cut to so many columns. */
export function paintLine(cells: readonly Cell[], columns: number, paint: Paint): string {
  let room = columns
  let line = ''
  for (const [text, look] of cells) {
    if (room <= 0) break
    const shown = fit(text, room)
    room -= widthOf(shown)
    line += look === undefined ? shown : paint(look, shown)
  }
  return line
}

/** Fills a text up to so many columns, or cuts it to them. */
export function cell(text: string, columns: number, side: 'left' | 'right' = 'left'): string {
  const shown = fit(text, columns)
  const rest = ' '.repeat(Math.max(0, columns - widthOf(shown)))
  return side === 'left' ? shown + rest : rest + shown
}

/** Makes a text of users safe to print on one line: it may hold anything. */
export function safe(text: string): string {
  return escapeText(text.replaceAll(/\p{Surrogate}/gu, '\uFFFD'))
}

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/** Shows amounts as small bars, the largest as the highest. */
export function spark(amounts: readonly number[]): string {
  const most = Math.max(...amounts, Number.MIN_VALUE)
  return amounts.map((amount) => BARS[Math.min(7, Math.floor((Math.max(0, amount) / most) * 7.99))]).join('')
}
