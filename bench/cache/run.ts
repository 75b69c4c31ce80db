import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** `npm run bench:cache [-- --reps=3]`: the cache beside joblib.Memory, in turn, each in a process of its own; the best counts. */
const reps = Number(process.argv.find((arg) => arg.startsWith('--reps='))?.slice(7) ?? 3)
const CALLS = '5000'
const OWN = fileURLToPath(new URL('./manyhands.js', import.meta.url))
const PEER = fileURLToPath(new URL('../../../bench/cache/joblib_memory.py', import.meta.url))

type Figures = Record<string, number>

function measure(program: string, script: string): Figures {
  const folder = mkdtempSync(join(tmpdir(), 'manyhands-bench-'))
  try {
    const output = execFileSync(program, [script, join(folder, 'cache'), CALLS], { encoding: 'utf8' })
    return JSON.parse(output.trim().split('\n').at(-1) as string) as Figures
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function joblibAt(): string | undefined {
  return ['python3', '/usr/bin/python3'].find((python) => {
    try {
      execFileSync(python, ['-c', 'import joblib, numpy'], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })
}

function best(all: readonly Figures[]): Figures {
  const names = Object.keys(all[0] ?? {})
  return Object.fromEntries(names.map((name) => [name, Math.min(...all.map((one) => one[name] ?? Infinity))]))
}

const python = joblibAt()
if (python === undefined) console.log('joblib is left out: there is none (apt-get install python3-joblib)')
const own: Figures[] = []
const peer: Figures[] = []
for (let rep = 0; rep < reps; rep++) {
  own.push(measure(process.execPath, OWN))
  if (python !== undefined) peer.push(measure(python, PEER))
}
const [ours, theirs] = [best(own), best(peer)]
console.log(`${''.padEnd(20)}${'manyhands'.padStart(12)}${'joblib'.padStart(12)}   (microseconds, best of ${reps})`)
for (const [name, figure] of Object.entries(ours)) {
  const other = theirs[name]
  const ratio = other === undefined ? '' : `${other.toFixed(1).padStart(12)}   ${(other / figure).toFixed(1)}x`
  console.log(`${name.padEnd(20)}${figure.toFixed(1).padStart(12)}${ratio}`)
}
