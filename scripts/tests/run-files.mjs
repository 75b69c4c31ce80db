// Runs compiled test files, several at a time, each in a process of its own.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, relative } from 'node:path'

import { runsAlone } from './plan.mjs'

const REPORTER = new URL('reporter.mjs', import.meta.url).href

/** Many files wait more than they compute: one more than there are cores, but not without end. */
const AT_ONCE = Math.min(8, Math.max(2, availableParallelism()) + 1)

/** A file that has not ended after so many milliseconds hangs: it is killed, and has failed. */
const LONGEST_MS = 600_000

/** Of a file that failed so many characters are shown of what it printed. */
const SHOWN = 20_000

/**
 * Runs the files in their order, several at a time, on a `node` and with more in its environment. Resolves to
 * `{ passed, failures: [{ file, name, reason }] }`.
 */
export async function runFiles(files, { node = process.execPath, env = {} } = {}) {
  const outcomes = []
  const runAll = async (waiting) => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift())
      outcomes.push({ file, ...(await runFile(file, node, env)) })
  }
  const together = files.filter((file) => !runsAlone(file))
  await Promise.all(Array.from({ length: AT_ONCE }, () => runAll(together)))
  await runAll(files.filter(runsAlone))
  return {
    passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
    failures: outcomes.flatMap(({ file, failures }) => failures.map((failure) => ({ file, ...failure }))),
  }
}

async function runFile(file, node, env) {
  const folder = mkdtempSync(join(tmpdir(), 'manyhands-test-'))
  const results = join(folder, 'results.jsonl')
  const startedAt = performance.now()
  const args = ['--test-reporter', REPORTER, '--test-reporter-destination', results, file]
  const child = spawn(node, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (output = (output + text).slice(-SHOWN)))
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS)
  const ending = await new Promise((resolve) => {
    child.once('error', (error) => resolve(String(error)))
    child.once('exit', (code, signal) => resolve(signal ?? code))
  })
  clearTimeout(timer)
  const outcome = outcomeOf(results, ending)
  rmSync(folder, { recursive: true, force: true })
  show(file, outcome, output, performance.now() - startedAt)
  return outcome
}

/** What a file told, and whether it ended as a file does that has told all. */
function outcomeOf(results, ending) {
  const told = read(results)
  const failures = told.flatMap(({ failed: name, reason }) => (name === undefined ? [] : { name, reason }))
  const [passed, skipped] = ['passed', 'skipped'].map((kind) => told.filter((one) => kind in one).length)
  const isFailed = failures.length > 0
  if (told.at(-1)?.end !== true || (ending !== 0 && !isFailed)) {
    const last = told.findLast((one) => 'passed' in one)?.passed
    const after = last === undefined ? '' : `; the last test that passed was ${last}`
    failures.push({ name: 'the whole file', reason: `ended with ${ending}${after}` })
  } else if (passed + skipped + failures.length === 0) failures.push({ name: 'the whole file', reason: 'has no test' })
  return { passed, skipped, failures }
}

/** The lines of a reporter. The last one of a file that was killed may be torn. */
function read(results) {
  const lines = existsSync(results) ? readFileSync(results, 'utf8').split('\n').filter(Boolean) : []
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line)]
    } catch {
      return []
    }
  })
}

function show(file, { passed, skipped, failures }, output, ms) {
  const isFailed = failures.length > 0
  const counts = [`${passed} passed`, isFailed && `${failures.length} failed`, skipped > 0 && `${skipped} skipped`]
  const name = relative(join('build', 'test'), file).replaceAll('\\', '/').replace('.test.js', '')
  console.log(`${isFailed ? '✖' : '✔'} ${name}: ${counts.filter(Boolean).join(', ')} (${(ms / 1_000).toFixed(1)} s)`)
  if (!isFailed) return
  if (output !== '') console.log(output)
  for (const failure of failures) console.log(`  ✖ ${failure.name}\n${failure.reason}`)
}
