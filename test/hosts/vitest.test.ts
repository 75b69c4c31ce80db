import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { PROJECTS, run } from './support/run-project.js'

const folder = new URL('vitest/', PROJECTS)
const program = fileURLToPath(new URL('node_modules/vitest/vitest.mjs', folder))

/** Why vitest cannot be had here, if so. */
async function install(): Promise<string | undefined> {
  if (existsSync(program)) return undefined
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  try {
    await run(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], folder)
    return undefined
  } catch (error) {
    return `vitest could not be installed: ${(error as Error).message.split('\n').at(-1)}`
  }
}

for (const pool of ['forks', 'threads', 'vmThreads']) {
  test(`inside vitest, pool ${pool}`, async (context) => {
    const missing = await install()
    if (missing !== undefined) context.skip(missing)
    else await run(process.execPath, [program, 'run', `--pool=${pool}`], folder)
  })
}
