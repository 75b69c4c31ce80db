import type { Figures, Workload } from './workloads/workload.ts'

/** What was measured for one system: the best run, and the main figure of all. */
export interface Row {
  readonly system: string
  readonly best: Figures | undefined
  readonly all: readonly number[]
}

/** Prints one workload's figures, beside piscina's. */
export function printTable({ title, main, better }: Workload, rows: readonly Row[]): void {
  const reference = rows.find((row) => row.system === 'piscina')?.best?.[main]
  console.log(`\n${title}`)
  for (const { system, best, all } of rows) {
    const value = best?.[main]
    if (value === undefined) {
      console.log(`  ${system.padEnd(22)} failed`)
      continue
    }
    const ratio =
      reference === undefined ? '' : `${format(better === 'more' ? value / reference : reference / value)}x piscina`
    const rest = Object.entries(best ?? {}).filter(([name]) => name !== main)
    const others = rest.map(([name, figure]) => `${name} ${format(figure)}`).join('  ')
    console.log(
      `  ${system.padEnd(22)} ${format(value).padStart(12)}  ${ratio.padEnd(16)} ${others.padEnd(30)} all ${all.map(format).join(' ')}`,
    )
  }
}

function format(value: number): string {
  if (value >= 1_000) return Math.round(value).toLocaleString('en')
  return value >= 100 ? value.toFixed(0) : value.toFixed(2)
}
