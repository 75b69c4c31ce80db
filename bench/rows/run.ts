import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { type Candidate, hasGnuParallel, type Job } from './candidates.ts'
import { writeData } from './data.ts'
import { type Execution, measure } from './measure.ts'
import { differenceOf } from './same-file.ts'
import { LEGEND, type Measured, markdownTable } from './table.ts'
import { type RowsWorkload, rowsWorkloads } from './workloads.ts'

/**
 * `npm run bench:rows [-- --rounds=5] [--only=million] [--quick]`: the command and the library over files of rows, beside
 * loops and GNU parallel. Prints a Markdown table.
 *
 * In each round all candidates have their turn, each in a process of its own; ratios are to the plain loop of the same
 * round: others may use the machine, too. Each output must be that of the loop, byte for byte. `--quick` takes a tenth
 * of the rows.
 */
const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', multiple: true, default: [] },
    quick: { type: 'boolean', default: false },
  },
})
const rounds = Number(flags.rounds)
if (!Number.isInteger(rounds) || rounds < 1)
  endUsage(`--rounds: expected a whole number above 0, got "${flags.rounds}"`)
const workloads = rowsWorkloads()
const unknown = flags.only.find((name) => !Object.hasOwn(workloads, name))
if (unknown !== undefined) endUsage(`no workload "${unknown}"; there are ${Object.keys(workloads).join(', ')}`)

const withParallel = hasGnuParallel()
if (!withParallel) console.error('GNU parallel is left out: there is none (apt-get install parallel)')
const folder = mkdtempSync(join(tmpdir(), 'manyhands-bench-'))
process.once('SIGINT', () => process.exit(130))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

console.error(
  `Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model}), load ${loadavg()[0]?.toFixed(1)}, ` +
    `${rounds} rounds${flags.quick ? ', a tenth of the rows' : ''}`,
)
const all: Measured[] = []
try {
  for (const name of flags.only.length > 0 ? flags.only : Object.keys(workloads)) {
    all.push(measureWorkload(workloads[name] as RowsWorkload))
  }
} catch (error) {
  console.error((error as Error).message)
  process.exit(1)
}
console.log(`${markdownTable(all)}\n\n${LEGEND}`)
console.error(`load ${loadavg()[0]?.toFixed(1)} at the end`)

function measureWorkload(workload: RowsWorkload): Measured {
  const rows = flags.quick ? workload.rows / 10 : workload.rows
  const data = join(folder, workload.file)
  const title = `${rows.toLocaleString('en')} ${workload.title}`
  console.error(`\n${title}`)
  if (!existsSync(data)) writeData(data, workload.data, rows)
  const candidates = workload.candidates.filter(
    (candidate) => withParallel || !candidate.name.startsWith('GNU parallel'),
  )
  const job = (at: string): Job => ({
    fn: workload.fn,
    format: workload.format,
    data,
    output: join(at, 'output.jsonl'),
  })
  const expected = newFolder('expected')
  const [loop] = candidates as [Candidate, ...Candidate[]]
  execute(loop, job(expected), expected)
  const kept = new Map<Candidate, string>()
  for (const candidate of candidates) {
    if (candidate.prepare === undefined) continue
    const at = newFolder(`kept-${kept.size}`)
    kept.set(candidate, at)
    measure(candidate.prepare(job(at)), { folder: at, isNode: false, reports: false })
  }
  const executions = new Map<string, Execution[]>(candidates.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    // Backwards every other time: what comes after what makes no difference then.
    for (const candidate of round % 2 === 0 ? candidates : candidates.toReversed()) {
      const at = kept.get(candidate) ?? newFolder('turn')
      const execution = execute(candidate, job(at), at)
      const difference = differenceOf(job(at).output, job(expected).output)
      if (difference !== undefined) {
        throw new Error(`${candidate.name}, round ${round + 1}: its output is not the loop's, ${difference}`)
      }
      executions.get(candidate.name)?.push(execution)
      console.error(`  ${candidate.name.padEnd(42)} ${execution.seconds.toFixed(2)} s`)
    }
  }
  for (const at of kept.values()) rmSync(at, { recursive: true })
  return { title, rows, executions }
}

function execute({ command, isNode, reports = false }: Candidate, job: Job, at: string): Execution {
  return measure(command(job), { folder: at, isNode, reports })
}

/** Makes an empty folder in place of the one that had this name. */
function newFolder(name: string): string {
  const path = join(folder, name)
  rmSync(path, { recursive: true, force: true })
  mkdirSync(path)
  return path
}

function endUsage(message: string): never {
  console.error(message)
  process.exit(2)
}
