import { test } from 'node:test'

import { installed, PROJECTS, run } from './support/run-project.js'

const folder = new URL('vitest/', PROJECTS)

for (const pool of ['forks', 'threads', 'vmThreads']) {
  test(`inside vitest, pool ${pool}`, async (context) => {
    const program = await installed(folder, 'vitest/vitest.mjs')
    if (typeof program !== 'string') return context.skip(program.missing)
    await run(process.execPath, [program, 'run', `--pool=${pool}`], folder)
  })
}
