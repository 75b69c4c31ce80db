// Runs compiled test files under this Node and tells the parent how many passed, and which failed and why:
// `node scripts/run-tests.mjs <concurrency> <files...>`.
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { inspect } from 'node:util'

const [concurrency, ...files] = process.argv.slice(2)
const counts = { passed: 0, failed: 0, failures: [] }

const tests = run({ files, concurrency: Number(concurrency) })
tests.on('test:pass', ({ details, skip, todo }) => {
  if (details.type !== 'suite' && skip === undefined && todo === undefined) counts.passed++
})
tests.on('test:fail', ({ name, file, details }) => {
  if (details.type === 'suite' && details.error?.failureType === 'subtestsFailed') return
  counts.failed++
  counts.failures.push({ name, file, reason: inspect(details.error?.cause ?? details.error) })
})
tests.once('end', () => {
  process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0
  process.send?.(counts)
})
tests.compose(new spec()).pipe(process.stdout)
