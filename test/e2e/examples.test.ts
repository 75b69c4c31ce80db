import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cp, symlink } from 'node:fs/promises'
import { join } from 'node:path'

import { ROOT } from './support/package.js'
import { endedWith, inProject, usePackage, values } from './support/project.js'

usePackage()

inProject('inspect-file: a row for each file', async (project) => {
  await cp(join(ROOT, 'build', 'examples', 'inspect-file.js'), join(project.folder, 'inspect-file.mjs'))
  await project.write('in/long.TXT', 'all the same\n'.repeat(20_000))
  await project.write('in/short', 'a\nb')
  await project.write('in/empty.js', '')
  const ended = await project.run(['inspect-file.mjs#inspectFile', 'in/*', '--args', '[9]'])
  endedWith(ended, 0)
  const rows = values(ended.stdout) as { path: string; compressedBytes: number; ms: number }[]
  const sizes = rows.map(({ compressedBytes, ms, ...row }) => {
    assert.ok(compressedBytes > 0 && ms >= 0)
    return row
  })
  assert.deepEqual(sizes, [
    { path: 'in/empty.js', extension: '.js', bytes: 0, lines: 0 },
    { path: 'in/long.TXT', extension: '.txt', bytes: 260_000, lines: 20_000 },
    { path: 'in/short', extension: '', bytes: 3, lines: 2 },
  ])
  assert.ok((rows[1]?.compressedBytes ?? Infinity) < 1_000)
})

inProject(
  'inspect-file: what is no file is a failure',
  async (project) => {
    await cp(join(ROOT, 'build', 'examples', 'inspect-file.js'), join(project.folder, 'inspect-file.mjs'))
    await symlink('nowhere', join(project.folder, 'broken'))
    execFileSync('mkfifo', [join(project.folder, 'pipe')])
    const ended = await project.run(['inspect-file.mjs#inspectFile', 'broken', 'pipe', '.', 'tasks.mjs'])
    endedWith(ended, 1)
    assert.equal(values(ended.stdout).length, 1)
    assert.match(ended.stderr, /✖ broken: Error: ENOENT/)
    assert.match(ended.stderr, /✖ pipe: Error: a pipe, not a file/)
    assert.match(ended.stderr, /✖ \.: Error: a folder, not a file/)
    assert.match(ended.stderr, /✔ 1 ok, 3 failed/)
  },
  { skip: process.platform === 'win32' && 'Windows has no such files' },
)
