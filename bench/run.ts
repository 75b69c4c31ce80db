import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

import { printTable, type Row } from './table.ts'
import { WORKLOADS } from './workloads/index.ts'
import type { Figures, Workload } from './workloads/workload.ts'

const FOLDER = fileURLToPath(new URL('../../bench', import.meta.url))
const ONE = fileURLToPath(new URL('./one.js', import.meta.url))
const LIMIT_MS = 300_000

/** `npm run bench [-- workload…] [--reps=3]`: every system in turn, each in a fresh process, best of some repetitions. */
const args = process.argv.slice(2)
const reps = Number(args.find((arg) => arg.startsWith('--reps='))?.slice(7) ?? 3)
const chosen = args.filter((arg) => !arg.startsWith('--'))
const unknown = chosen.find((name) => !(name in WORKLOADS))
if (unknown !== undefined) {
  console.error(`no workload "${unknown}"; there are ${Object.keys(WORKLOADS).join(', ')}`)
  process.exit(2)
}
if (!existsSync(`${FOLDER}/peers/node_modules`)) {
  console.error('installing the pools that are compared with …')
  execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: `${FOLDER}/peers`, stdio: ['ignore', 'ignore', 'inherit'] })
}

const report: Record<string, unknown> = {
  date: new Date().toISOString(),
  node: process.version,
  cpu: cpus()[0]?.model,
  cores: cpus().length,
}
for (const name of chosen.length > 0 ? chosen : Object.keys(WORKLOADS)) {
  const workload = WORKLOADS[name] as Workload
  const rows = measure(name, workload)
  report[name] = { title: workload.title, main: workload.main, rows }
  printTable(workload, rows)
}
writeFileSync(`${FOLDER}/results.json`, `${JSON.stringify(report, undefined, 2)}\n`)

function measure(name: string, workload: Workload): Row[] {
  const all = new Map<string, Figures[]>(workload.systems.map((system) => [system, []]))
  for (let rep = 0; rep < reps; rep++) {
    for (const system of workload.systems) {
      const figures = inProcess(name, system)
      if (figures !== undefined) all.get(system)?.push(figures)
    }
  }
  const sign = workload.better === 'more' ? 1 : -1
  const figureOf = (figures: Figures): number => (figures[workload.main] as number) * sign
  return [...all].map(([system, runs]) => ({
    system,
    best: runs.toSorted((a, b) => figureOf(b) - figureOf(a))[0],
    all: runs.map((figures) => figures[workload.main] as number),
  }))
}

function inProcess(workload: string, system: string): Figures | undefined {
  try {
    const output = execFileSync(process.execPath, ['--expose-gc', ONE, workload, system], {
      encoding: 'utf8',
      timeout: LIMIT_MS,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return JSON.parse(output.trim().split('\n').at(-1) as string) as Figures
  } catch (error) {
    console.error(`${workload} on ${system}: ${(error as Error).message.split('\n').slice(0, 8).join('\n')}`)
    return undefined
  }
}
