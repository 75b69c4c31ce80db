import { median } from '../cluster/figures.ts'
import type { Execution } from './measure.ts'

/** The executions of a workload's candidates: one for each round, the same round at the same place. */
export interface Measured {
  readonly title: string
  readonly rows: number
  /** By candidate. The first one is what others are compared with. */
  readonly executions: ReadonlyMap<string, readonly Execution[]>
}

const MIB = 1_048_576

/** The meaning of the columns. */
export const LEGEND = `Wall and CPU: from the start of the program to its end, with all its processes; of \`map\`: from the call to the last result, with
workers that ran before. Ratios: medians of those to the plain loop of the same round; smaller is better. Memory: peak of the main process, without
worker processes (of \`map\`: with all inputs and results). Log: what the job log has grown by.`

/** Makes a Markdown table: medians, and for ratios the medians of those within each round. */
export function markdownTable(all: readonly Measured[]): string {
  const lines = [
    '| | | wall, s | µs a row | wall, ratio (least to most) | CPU, ratio | memory, MiB | log, B a row |',
    '|---|---|---|---|---|---|---|---|',
  ]
  for (const measured of all) {
    let title = measured.title
    for (const name of measured.executions.keys()) {
      lines.push(`| ${[title, name, ...figuresOf(measured, name)].join(' | ')} |`)
      title = ''
    }
  }
  return lines.join('\n')
}

function figuresOf({ rows, executions }: Measured, name: string): readonly string[] {
  const own = executions.get(name) ?? []
  const [loop = []] = executions.values()
  const ratios = (key: 'seconds' | 'cpuSeconds'): number[] =>
    own.map((one, round) => one[key] / (loop[round]?.[key] ?? NaN))
  const seconds = median(own.map((one) => one.seconds))
  const walls = ratios('seconds')
  const range = `${Math.min(...walls).toFixed(2)} to ${Math.max(...walls).toFixed(2)}`
  const peak = median(own.map((one) => one.peakBytes ?? NaN))
  const log = median(own.map((one) => one.logBytes ?? NaN))
  return [
    seconds.toFixed(2),
    ((seconds * 1e6) / rows).toFixed(2),
    own === loop ? '1' : `${median(walls).toFixed(2)} (${range})`,
    own === loop ? '1' : median(ratios('cpuSeconds')).toFixed(2),
    Number.isNaN(peak) ? '' : (peak / MIB).toFixed(0),
    Number.isNaN(log) ? '' : (log / rows).toFixed(1),
  ]
}
