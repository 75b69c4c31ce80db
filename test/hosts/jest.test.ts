import { test } from 'node:test'

import { installed, PROJECTS, run } from './support/run-project.js'

const folder = new URL('jest/', PROJECTS)

test('inside Jest: contexts of its own, mocks, fake timers', async (context) => {
  const program = await installed(folder, 'jest/bin/jest.js')
  if (typeof program !== 'string') return context.skip(program.missing)
  // Jest loads ES modules only with this option.
  await run(process.execPath, ['--experimental-vm-modules', program, '--ci'], folder)
})
