import { closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs'
import { parseArgs } from 'node:util'

import { Pool } from 'manyhands'

import { processesCpuSeconds } from './child-cpu.ts'
import { type ObjectRow, trivial } from './functions.ts'

// `map` over objects in memory, on workers that run already. Prints what it took; the results are written afterwards.
const WARM_UP_ROWS = 1_000

const { values, positionals } = parseArgs({
  options: { on: { type: 'string' }, journal: { type: 'string' } },
  allowPositionals: true,
})
const [from, to] = positionals as [string, string]
const rows = readFileSync(from, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as ObjectRow)
const pool = new Pool({ backend: values.on as 'threads' | 'processes' })
await pool.map(rows.slice(0, WARM_UP_ROWS), trivial)

const results: unknown[][] = []
const cpuBefore = process.cpuUsage()
const childCpuBefore = processesCpuSeconds()
const startedAt = performance.now()
const options = values.journal === undefined ? {} : { journal: values.journal }
for await (const batch of pool.map(rows, trivial, options).batches()) results.push(batch)
const seconds = (performance.now() - startedAt) / 1_000
const { user, system } = process.cpuUsage(cpuBefore)
const cpuSeconds = (user + system) / 1e6 + processesCpuSeconds() - childCpuBefore
await pool.close()

const output = openSync(to, 'w')
for (const batch of results) writeSync(output, batch.map((result) => `${JSON.stringify(result)}\n`).join(''))
closeSync(output)
const log = values.journal === undefined ? {} : { logBytes: statSync(values.journal).size }
console.log(JSON.stringify({ seconds, cpuSeconds, ...log }))
