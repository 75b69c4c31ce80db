// `npm run properties`: the property tests, from a seed that is new each time and printed. `-- --seed=5` repeats a run,
// `-- --times=10` makes ten times as many.
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

import { filesOf } from './tests/plan.mjs'
import { runFiles } from './tests/run-files.mjs'

const { values } = parseArgs({ options: { seed: { type: 'string' }, times: { type: 'string' } } })
const seed = values.seed ?? String(Date.now() % 2 ** 31)

for (const args of [['scripts/build.mjs'], ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']]) {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}
console.log(`seed ${seed}`)
const env = { TEST_THOROUGH: '1', PROPERTY_SEED: seed, PROPERTY_SCALE: values.times ?? '1' }
const { passed, failures } = await runFiles(filesOf('properties'), { env })
console.log(`${passed} passed, ${failures.length} failed`)
if (failures.length > 0) {
  console.log(`to repeat: npm run properties -- --seed=${seed}${values.times ? ` --times=${values.times}` : ''}`)
  process.exitCode = 1
}
