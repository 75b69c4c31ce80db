import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { ROOT } from './support/package.js'
import { endedWith, inProject, usePackage, values } from './support/project.js'

usePackage('library')

const README = join(ROOT, 'README.md')

inProject('the package works in ES modules', async (project) => {
  const ended = await project.command(process.execPath, ['main.mjs']).ended
  endedWith(ended, 0)
  assert.equal(ended.stderr, '')
  assert.deepEqual(values(ended.stdout), [{ closure: [3, 6], class: [1, 3, 6], builtin: 4, failed: 'SyntaxError' }])
})

inProject('the package works in CommonJS', async (project) => {
  const ended = await project.command(process.execPath, ['main.cjs']).ended
  endedWith(ended, 0)
  assert.deepEqual(values(ended.stdout), [{ imported: [join('x', 'a-'), join('x', 'b-')], required: true }])
})

for (const [module, moduleResolution] of [
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
] as const) {
  inProject(`types, resolved as ${moduleResolution}`, async (project) => {
    const types = join(ROOT, 'node_modules', '@types')
    await project.write('package.json', '{ "type": "module" }')
    const compilerOptions = {
      module,
      moduleResolution,
      target: 'es2023',
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      // The declarations of the package itself are looked at too.
      skipLibCheck: false,
      typeRoots: [types],
      types: ['node'],
    }
    await project.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['types.ts'] }))
    const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
    endedWith(await project.command(process.execPath, [compiler, '-p', '.']).ended, 0)
  })
}

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
