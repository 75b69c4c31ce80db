/** Shortens a text to at most `length` characters, of which the last is `…` if some are missing. */
export function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, Math.max(0, length - 1))}…`
}

/**
 * Lays out rows as lines whose columns are as wide as their widest cell, two spaces apart. Cells are flush right, those of
 * the columns `left` flush left; a line has no spaces at its end.
 */
export function tableLines(rows: readonly (readonly string[])[], left: readonly number[] = [0]): string[] {
  const widths: number[] = []
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length)
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0
        return left.includes(column) ? cell.padEnd(width) : cell.padStart(width)
      })
      .join('  ')
      .trimEnd(),
  )
}
