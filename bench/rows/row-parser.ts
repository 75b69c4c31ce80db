/** The formats that the loops read. */
export type LoopFormat = 'jsonl' | 'lines' | 'csv'

/** Returns a function that makes the value of a line. It returns undefined for a line that is no row: the header of CSV. */
export function rowParser(format: LoopFormat): (line: string) => unknown {
  if (format === 'jsonl') return (line) => JSON.parse(line) as unknown
  if (format === 'lines') return (line) => line
  let names: readonly string[] | undefined
  return (line) => {
    const fields = line.includes('"') ? quotedFields(line) : line.split(',')
    if (names === undefined) {
      names = fields
      return undefined
    }
    const row: Record<string, string> = {}
    for (let i = 0; i < names.length; i++) row[names[i] as string] = fields[i] as string
    return row
  }
}

/** Splits a line with quotes; newlines within quotes are beyond a loop over lines. */
function quotedFields(line: string): string[] {
  const fields: string[] = []
  let at = 0
  while (at <= line.length) {
    let end: number
    if (line[at] === '"') {
      let closing = line.indexOf('"', at + 1)
      while (line[closing + 1] === '"') closing = line.indexOf('"', closing + 2)
      fields.push(line.slice(at + 1, closing).replaceAll('""', '"'))
      end = closing + 1
    } else {
      end = line.indexOf(',', at)
      if (end < 0) end = line.length
      fields.push(line.slice(at, end))
    }
    at = end + 1
  }
  return fields
}
