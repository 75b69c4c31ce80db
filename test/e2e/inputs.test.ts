import assert from 'node:assert/strict'

import { endedWith, inProject, usePackage, values } from './support/project.js'

usePackage()

inProject('globs: files in the order of their names, without hidden ones', async (project) => {
  for (const name of ['in/b.txt', 'in/a.txt', 'in/deep/c.txt', 'in/.hidden.txt', 'in/d.md', 'in/B.txt'])
    await project.write(name, name)
  const ended = await project.run(['tasks.mjs', 'in/**/*.txt', 'x', 'in/?.md'])
  endedWith(ended, 0)
  assert.deepEqual(values(ended.stdout), ['in/B.txt!', 'in/a.txt!', 'in/b.txt!', 'in/deep/c.txt!', 'x!', 'in/d.md!'])
})

inProject('@file: a line each; @@ is a value that begins with @', async (project) => {
  await project.write('list.txt', 'one\r\n\n three \nfour')
  const ended = await project.run(['tasks.mjs', '@list.txt', '@@list.txt'])
  endedWith(ended, 0)
  assert.deepEqual(values(ended.stdout), ['one!', '!', ' three !', 'four!', '@list.txt!'])
})

inProject('inputs in JSON Lines are any value a line', async (project) => {
  await project.write('rows.jsonl', '{"a":[1]}\n\nnull\n  "é"  \n')
  const ended = await project.run(['tasks.mjs#whatItGets', '@rows.jsonl'])
  endedWith(ended, 0)
  assert.deepEqual(values(ended.stdout), [[{ a: [1] }], [null], ['é']])
})

inProject('stdin: lines, where there are no inputs or for -', async (project) => {
  const piped = await project.run(['tasks.mjs'], { input: 'a\nb\n' })
  endedWith(piped, 0)
  assert.deepEqual(values(piped.stdout), ['a!', 'b!'])
  const dash = await project.run(['tasks.mjs', 'first', '-', 'last'], { input: 'a\nb' })
  endedWith(dash, 0)
  assert.deepEqual(values(dash.stdout), ['first!', 'a!', 'b!', 'last!'])
})

inProject('stdin with more lines than are read ahead runs whole', async (project) => {
  const lines = Array.from({ length: 50_000 }, (_, index) => String(index))
  const ended = await project.run(['tasks.mjs', '-j', '2'], { input: lines.join('\n') })
  endedWith(ended, 0)
  assert.deepEqual(
    values(ended.stdout),
    lines.map((line) => `${line}!`),
  )
})

inProject('a run without any inputs does nothing and succeeds', async (project) => {
  const ended = await project.run(['tasks.mjs'], { input: '' })
  endedWith(ended, 0)
  assert.equal(ended.stdout, '')
  assert.match(ended.stderr, /no inputs, nothing to do/)
})

inProject('--literal, --skip and --limit', async (project) => {
  const literal = await project.run(['tasks.mjs', '--literal', '*.nothing', '@x', '-'])
  endedWith(literal, 0)
  assert.deepEqual(values(literal.stdout), ['*.nothing!', '@x!', '-!'])
  await project.write('list.txt', '1\n2\n3\n4\n')
  const part = await project.run(['tasks.mjs', '0', '@list.txt', '--skip', '2', '--limit', '2'])
  endedWith(part, 0)
  assert.deepEqual(values(part.stdout), ['2!', '3!'])
})

inProject('inputs that are not there are wrong usage, before anything runs', async (project) => {
  await project.write('list.txt', 'x')
  for (const [input, message] of [
    ['*.png', /no files match "\*\.png"/],
    ['@lost.txt', /there is no file "lost\.txt".* Did you mean "@list\.txt"\?/],
    ['@.', /is a folder/],
  ] as const) {
    const ended = await project.run(['tasks.mjs#says', 'a', input])
    endedWith(ended, 2)
    assert.equal(ended.stdout, '')
    assert.match(ended.stderr, message)
  }
})
