import assert from 'node:assert/strict'

import { endedWith, inProject, usePackage, values } from './support/project.js'

usePackage()

inProject('run calls the default export of a module', async (project) => {
  const ended = await project.run(['tasks.mjs', 'a', 'b'])
  endedWith(ended, 0)
  assert.deepEqual(values(ended.stdout), ['a!', 'b!'])
  assert.match(ended.stderr, /^✔ 2 ok in [\d.hms ]+ \([\d.,]+\/s\)    run [a-z]+-[a-z]+-\d\d\n$/)
})

inProject('run calls a named export with inputs that are texts, whatever they look like', async (project) => {
  const ended = await project.run(['./tasks.mjs#whatItGets', '1e3', '007', 'null', ''])
  endedWith(ended, 0)
  assert.deepEqual(values(ended.stdout), [['1e3'], ['007'], ['null'], ['']])
})

inProject('run makes and opens a class in the worker', async (project) => {
  const ended = await project.run(['tasks.mjs#Adder', '1', '2', '3', '-j', '2'])
  endedWith(ended, 0)
  assert.deepEqual(values(ended.stdout), [101, 102, 103])
})

inProject('run calls the function of a task type', async (project) => {
  const ended = await project.run(['tasks.mjs#factorize', '12'])
  endedWith(ended, 0)
  assert.deepEqual(values(ended.stdout), [['factors of', '12']])
})

inProject('run calls a function of Node', async (project) => {
  const ended = await project.run(['node:zlib#crc32', 'hello', 'world'])
  endedWith(ended, 0)
  assert.deepEqual(values(ended.stdout), [907060870, 980881731])
})

inProject('run calls a function of a package', async (project) => {
  await project.write(
    'node_modules/@made/up/package.json',
    '{ "name": "@made/up", "exports": "./index.cjs", "version": "1.0.0" }',
  )
  await project.write('node_modules/@made/up/index.cjs', 'exports.up = (text) => text.toUpperCase()')
  const ended = await project.run(['@made/up#up', 'a'])
  endedWith(ended, 0)
  assert.deepEqual(values(ended.stdout), ['A'])
})

inProject('run takes TypeScript as this Node can, or fails with one clear line', async (project) => {
  const ended = await project.run(['typed.ts#twice', 'ab'])
  if ((process.features as { typescript?: unknown }).typescript) {
    endedWith(ended, 0)
    assert.deepEqual(values(ended.stdout), ['abab'])
  } else {
    endedWith(ended, 3)
    assert.match(ended.stderr, /^✖ .*tsx.*\n$/)
  }
})

for (const where of ['processes', 'threads', 'serial']) {
  inProject(`--on ${where}`, async (project) => {
    const file = project.start(['run', 'tasks.mjs#pid', 'a', '--on', where])
    const ended = await file.ended
    endedWith(ended, 0)
    assert.equal(values(ended.stdout)[0] === file.pid, where !== 'processes')
  })
}

inProject('-j says how many workers there are', async (project) => {
  const inputs = Array.from({ length: 12 }, (_, index) => String(index))
  const one = await project.run(['tasks.mjs#pid', ...inputs, '-j', '1', '--batch', '1'])
  endedWith(one, 0)
  assert.equal(new Set(values(one.stdout)).size, 1)
  // Two can only both end when both run at once.
  await project.write(
    'meet.mjs',
    `import { existsSync, writeFileSync } from 'node:fs'
    export async function meet(own) {
      writeFileSync(own, '')
      while (!existsSync(own === 'x' ? 'y' : 'x')) await new Promise((done) => setTimeout(done, 5))
      return process.pid
    }`,
  )
  const two = await project.run(['meet.mjs#meet', 'x', 'y', '-j', '2', '--batch', '1'])
  endedWith(two, 0)
  assert.equal(new Set(values(two.stdout)).size, 2)
})

inProject('--args follow the input, --spread takes it apart', async (project) => {
  const args = await project.run(['tasks.mjs#whatItGets', 'a', '--args', '[2, {"b": null}]'])
  endedWith(args, 0)
  assert.deepEqual(values(args.stdout), [['a', 2, { b: null }]])
  await project.write('rows.jsonl', '[1, 2]\n[3]\n')
  const spread = await project.run(['tasks.mjs#whatItGets', '@rows.jsonl', '--spread', '--args', '[9]'])
  endedWith(spread, 0)
  assert.deepEqual(values(spread.stdout), [
    [1, 2, 9],
    [3, 9],
  ])
})
