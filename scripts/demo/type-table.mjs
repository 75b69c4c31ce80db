/** So many types have a row of their own; all smaller ones share one. */
const MOST_TYPES = 12
const LEAST_PATH = 16
const GAP = '  '
const HEAD = ['type', 'files', 'size', 'brotli', 'ratio', 'lines', 'slowest']
const SIZE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

/** Files by type, the largest types first, as a table that fits into so many columns. */
export function typeTable(rows, columns, paint) {
  const types = [...sumsBy(rows, ({ extension }) => extension || 'no ending').values()]
  types.sort((a, b) => b.bytes - a.bytes || b.files - a.files)
  const shown = types.length > MOST_TYPES + 1 ? types.slice(0, MOST_TYPES) : types
  const small = types.slice(shown.length)
  if (small.length > 0) shown.push({ ...together(small), type: `${small.length} others` })
  const cells = [HEAD, ...shown.map(cellsOf), cellsOf({ ...together(types), type: 'all' })]
  const widths = HEAD.map((_, column) => Math.max(...cells.map((row) => row[column].length)))
  const aligned = cells.map((row) => row.map((cell, column) => align(cell, widths[column], column)).join(GAP))

  const room = columns - 1 - aligned[0].length - 2 * GAP.length
  const paths = ['', ...shown.map(({ slowest }) => (room < LEAST_PATH ? '' : endOf(slowest.path, room))), '']
  const lines = aligned.map((line, row) => {
    if (row === 0) return paint('dim', line)
    return row === aligned.length - 1 ? paint('bold', line) : [line, paint('dim', paths[row])].join(GAP).trimEnd()
  })
  lines.splice(-1, 0, paint('dim', '─'.repeat(aligned[0].length)))
  return lines.map((line) => GAP + line).join('\n')
}

function sumsBy(rows, typeOf) {
  const sums = new Map()
  for (const row of rows) {
    const type = typeOf(row)
    const sum = { type, files: 1, bytes: row.bytes, compressed: row.compressedBytes, lines: row.lines, slowest: row }
    sums.set(type, sums.has(type) ? { ...together([sums.get(type), sum]), type } : sum)
  }
  return sums
}

function together(sums) {
  const whole = { files: 0, bytes: 0, compressed: 0, lines: 0, slowest: undefined }
  for (const { files, bytes, compressed, lines, slowest } of sums) {
    whole.files += files
    whole.bytes += bytes
    whole.compressed += compressed
    whole.lines += lines
    if (whole.slowest === undefined || slowest.ms > whole.slowest.ms) whole.slowest = slowest
  }
  return whole
}

function cellsOf({ type, files, bytes, compressed, lines, slowest }) {
  const ratio = bytes === 0 ? '' : `${((compressed / bytes) * 100).toFixed(0)} %`
  return [
    shortened(type, 12),
    grouped(files),
    size(bytes),
    size(compressed),
    ratio,
    grouped(lines),
    time(slowest?.ms ?? 0),
  ]
}

/** Names to the left, numbers to the right. */
function align(cell, width, column) {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width)
}

function grouped(value) {
  return value.toLocaleString('en-US')
}

/** `9.9 MB` */
function size(bytes) {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < SIZE_UNITS.length - 1) {
    value /= 1_000
    unit++
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${SIZE_UNITS[unit]}`
}

function time(ms) {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`
}

function shortened(name, length) {
  const text = safe(name)
  return text.length > length ? `${text.slice(0, length - 1)}…` : text
}

/** The end of a path says more than its beginning. */
function endOf(path, length) {
  const text = safe(path)
  return text.length > length ? `…${text.slice(1 - length)}` : text
}

/** A name must not tell the terminal anything. */
function safe(name) {
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  return name.replace(/[\u0000-\u001F\u007F-\u009F]/g, '?')
}
