import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { INSTALL_LOG, ROOT } from './support/package.js'
import { endedWith, inProject, usePackage, values } from './support/project.js'

usePackage('library')

const README = join(ROOT, 'README.md')

inProject('the package works in ES modules', async (project) => {
  const ended = await project.command(process.execPath, ['main.mjs']).ended
  endedWith(ended, 0)
  assert.equal(ended.stderr, '')
  assert.deepEqual(values(ended.stdout), [{ closure: [3, 6], class: [1, 3, 6], builtin: 4, failed: 'SyntaxError' }])
})

inProject('npm installs the package without a warning', async (project) => {
  assert.doesNotMatch(await project.read(join('..', INSTALL_LOG)), /warn/i)
})

inProject('the package works in CommonJS', async (project) => {
  const ended = await project.command(process.execPath, ['main.cjs']).ended
  endedWith(ended, 0)
  assert.deepEqual(values(ended.stdout), [{ imported: [join('x', 'a-'), join('x', 'b-')], required: true }])
})

inProject('the contract suite', async (project) => {
  const ended = await project.command(process.execPath, ['--test-reporter=tap', 'contract.mjs']).ended
  endedWith(ended, 0)
  assert.match(ended.stdout, /^# pass [1-9]\d+$/m)
  assert.match(ended.stdout, /^# fail 0$/m)
})

inProject(
  'the first example of the README',
  async (project) => {
    const example = /^```(?:js|ts)\n([\s\S]*?)^```/m.exec(await readFile(README, 'utf8'))?.[1]
    assert.ok(example !== undefined, 'the README has no example')
    await project.write('example.mjs', example)
    const ended = await project.command(process.execPath, ['example.mjs']).ended
    endedWith(ended, 0)
    assert.notEqual(ended.stdout, '')
    assert.equal(ended.stderr, '')
  },
  { skip: !existsSync(README) && 'there is no README' },
)
