import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { format, median } from './figures.ts'
import { CLUSTER_WORKLOADS, type ClusterWorkload } from './workloads.ts'

const PEERS = fileURLToPath(new URL('../../../bench/peers', import.meta.url))
const ONE = fileURLToPath(new URL('./one.js', import.meta.url))
const LIMIT_MS = 120_000

/**
 * `npm run bench:cluster [-- workload…] [--rounds=5]`: every system in turn, each with servers and processes of its own.
 *
 * What counts are medians, and for comparisons the median of the ratios within each round: others may use the machine, too.
 */
const args = process.argv.slice(2)
const rounds = Number(args.find((arg) => arg.startsWith('--rounds='))?.slice(9) ?? 5)
const chosen = args.filter((arg) => !arg.startsWith('--'))
const unknown = chosen.find((name) => !(name in CLUSTER_WORKLOADS))
if (unknown !== undefined) {
  console.error(`no workload "${unknown}"; there are ${Object.keys(CLUSTER_WORKLOADS).join(', ')}`)
  process.exit(2)
}
if (!existsSync(`${PEERS}/node_modules/bullmq`)) {
  console.error('installing what is compared with …')
  execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: PEERS, stdio: ['ignore', 'ignore', 'inherit'] })
}

type Figures = Readonly<Record<string, number>>

for (const name of chosen.length > 0 ? chosen : Object.keys(CLUSTER_WORKLOADS)) {
  const workload = CLUSTER_WORKLOADS[name] as ClusterWorkload
  const all: ReadonlyMap<string, Figures>[] = []
  for (let round = 0; round < rounds; round++) {
    const turn = round % 2 === 0 ? workload.systems : workload.systems.toReversed()
    all.push(new Map(turn.map((system) => [system, measure(name, system)])))
  }
  print(workload, all)
}

function measure(workload: string, system: string): Figures {
  try {
    const output = execFileSync(process.execPath, ['--no-warnings', ONE, workload, system], {
      encoding: 'utf8',
      timeout: LIMIT_MS,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return JSON.parse(output.trim().split('\n').at(-1) as string) as Figures
  } catch (error) {
    console.error(`${workload} on ${system}: ${(error as Error).message.split('\n').slice(0, 8).join('\n')}`)
    return {}
  }
}

function print(
  { title, systems, beside, better }: ClusterWorkload,
  all: readonly ReadonlyMap<string, Figures>[],
): void {
  console.log(`\n${title}`)
  for (const system of systems) {
    const runs = all.map((round) => round.get(system) ?? {})
    const names = [...new Set(runs.flatMap((figures) => Object.keys(figures)))]
    const figures = names.map((name) => `${name} ${format(median(runs.map((run) => run[name] ?? NaN)))}`.padEnd(22))
    const [main = ''] = names
    const ratios = all.map((round) => {
      const [own = NaN, other = NaN] = [round.get(system)?.[main], round.get(beside)?.[main]]
      return better === 'more' ? own / other : other / own
    })
    const ratio = system === beside ? '' : `${format(median(ratios))}x ${beside}`
    const each = runs.map((run) => format(run[main] ?? NaN)).join(' ')
    console.log(`  ${system.padEnd(30)} ${figures.join(' ')} ${ratio.padEnd(26)} all ${each}`)
  }
}
