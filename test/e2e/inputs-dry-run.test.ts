import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { endedWith, inProject, usePackage, values } from './support/project.js'

usePackage()

inProject('--dry-run shows the inputs, and runs nothing', async (project) => {
  await project.write('rows.csv', 'a,b\n1,2\n3,4\n')
  await project.write('out.jsonl', 'old\n')
  const ended = await project.run(['tasks.mjs#says', 'x', '@rows.csv', '-j', '2', '-o', 'out.jsonl', '--dry-run'])
  endedWith(ended, 0)
  assert.equal(ended.stdout, 'x\n{"a":"1","b":"2"}\n{"a":"3","b":"4"}\n')
  assert.match(ended.stderr, /dry run: 3 inputs\n.*tasks\.mjs#says on 2 processes/)
  assert.doesNotMatch(ended.stderr, /said/)
  assert.equal(await project.read('out.jsonl'), 'old\n')
  assert.equal(existsSync(join(project.folder, '.manyhands')), false)
})

inProject('--dry-run goes by --skip and --limit, and shows long and odd inputs safely', async (project) => {
  const input = `0\n${'y'.repeat(500)}\n\u001B[2J\n3\n`
  const ended = await project.run(['tasks.mjs', '--dry-run', '--skip', '1', '--limit', '2'], { input })
  endedWith(ended, 0)
  assert.equal(ended.stdout, `${'y'.repeat(119)}…\n␛[2J\n`)
})

inProject('--dry-run tells of rows that cannot be read', async (project) => {
  const ended = await project.run(['tasks.mjs', '--dry-run', '--format', 'csv'], { input: 'a,b\n1,2\n3\n' })
  endedWith(ended, 1)
  assert.equal(ended.stdout, '{"a":"1","b":"2"}\n')
  assert.match(ended.stderr, /✖ stdin:3: .*1 field, the header has 2/)
  assert.match(ended.stderr, /dry run: 1 input, 1 that cannot be read/)
})

inProject('--dry-run with --json tells programs what would run', async (project) => {
  const ended = await project.run(['tasks.mjs', '--dry-run', '--json', '-j', '2', '--format', 'csv'], {
    input: 'a\n1\n1,2\n2\n3\n',
  })
  endedWith(ended, 1)
  assert.deepEqual(values(ended.stderr), [
    { type: 'failure', input: 'stdin:3', error: 'bad row: 2 fields, the header has 1' },
    {
      type: 'dry-run',
      inputs: 3,
      bad: 1,
      skipped: 0,
      module: 'tasks.mjs',
      export: 'default',
      workers: 2,
      on: 'processes',
    },
  ])
})

inProject('--dry-run shows what --resume and retry would run', async (project) => {
  endedWith(await project.run(['tasks.mjs#odd', '1', '2', '3', '2']), 1)
  const resumed = await project.run(['tasks.mjs#odd', '3', '2', '5', '--dry-run', '--resume'])
  endedWith(resumed, 0)
  assert.equal(resumed.stdout, '2\n5\n')
  assert.match(resumed.stderr, /dry run: 2 inputs, 1 left out\n/)
  const again = await project.start(['retry', 'last', '--dry-run']).ended
  endedWith(again, 0)
  assert.equal(again.stdout, '2\n2\n')
  await project.write('tasks.mjs', 'export function odd() {}')
  const changed = await project.start(['retry', 'last', '--dry-run']).ended
  endedWith(changed, 3)
  assert.match(changed.stderr, /the function has changed since that run/)
})

inProject('--dry-run finds the module first', async (project) => {
  const ended = await project.run(['task.mjs', 'x', '--dry-run'])
  endedWith(ended, 3)
  assert.match(ended.stderr, /there is no file "task\.mjs"\. Did you mean "tasks\.mjs"\?/)
  assert.equal(ended.stdout, '')
})

inProject(
  '--dry-run of inputs without end shows them as they come, until nobody reads on',
  async (project) => {
    const script = 'yes | "$0" "$@" | head -n 3'
    const args = [process.execPath, project.bin, 'run', 'tasks.mjs', '--dry-run']
    const ended = await project.command('sh', ['-c', script, ...args]).ended
    endedWith(ended, 0)
    assert.equal(ended.stdout, 'y\ny\ny\n')
    assert.equal(ended.stderr, '')
  },
  { skip: process.platform === 'win32' && 'there is no sh' },
)
