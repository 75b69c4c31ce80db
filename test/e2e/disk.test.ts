import assert from 'node:assert/strict'
import { chown, mkdir, readdir } from 'node:fs/promises'

import { endedWith, inProject, usePackage, values } from './support/project.js'

usePackage()

const noFull = process.platform !== 'linux' && 'only Linux has a file that is always full'
const notRoot = process.getuid?.() !== 0 && 'only root can make a folder of somebody else'

/** The lines of what a command said that are errors. */
function errors(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line.startsWith('✖') && !/✖ \S+ after/.test(line))
}

inProject(
  'a full disk ends the run with one clear line, for results and for the log',
  async (project) => {
    for (const on of ['processes', 'threads', 'serial']) {
      const results = await project.run(['tasks.mjs', 'a', 'b', '-o', '/dev/full', '--on', on])
      endedWith(results, 3)
      assert.match(errors(results.stderr).join('\n'), /^✖ cannot write \/dev\/full: .*ENOSPC.*$/)
      await project.write('full', '')
      const said = await project.run(['tasks.mjs', 'a', 'b', '--on', on, '--log-file', '/dev/full'])
      endedWith(said, 0)
      assert.deepEqual(values(said.stdout), ['a!', 'b!'])
      assert.match(said.stderr, /⚠ \/dev\/full takes no more of what is said: .*ENOSPC/)
      const log = await project.run(['tasks.mjs', 'a', 'b', '--on', on, '--log', '/dev/full'])
      endedWith(log, 3)
      assert.equal(errors(log.stderr).length, 1, log.stderr)
      assert.match(log.stderr, /cannot write the journal \/dev\/full: .*ENOSPC/)
    }
  },
  { skip: noFull },
)

inProject('a name of a run leads nowhere else', async (project) => {
  endedWith(await project.run(['tasks.mjs', 'a']), 0)
  await project.write('elsewhere/run.json', '{"v":1,"run":"../elsewhere","args":[],"started":1}')
  for (const name of ['../elsewhere', '..%2felsewhere', 'a/b', '.', '..', 'A', 'x\ny']) {
    for (const args of [
      ['status', name],
      ['logs', name],
      ['retry', name],
      ['run', 'tasks.mjs', `--resume=${name}`, 'a'],
    ]) {
      const ended = await project.start(args).ended
      endedWith(ended, 2)
      assert.match(ended.stderr, /is not the name of a run/)
    }
  }
})

inProject(
  'a folder of somebody else is not written to',
  async (project) => {
    await mkdir(`${project.folder}/.manyhands`)
    await chown(`${project.folder}/.manyhands`, 65_534, 65_534)
    const ended = await project.run(['tasks.mjs', 'a'])
    endedWith(ended, 0)
    assert.match(ended.stderr, /⚠ .*belongs to another user/)
    assert.deepEqual(await readdir(`${project.folder}/.manyhands`), [])
    await chown(`${project.folder}/.manyhands`, 0, 0)
  },
  { skip: notRoot },
)

inProject('ten thousand failures are summed up, and all are in the log', async (project) => {
  const count = 10_000
  const input = Array.from({ length: count }, (_, i) => 2 * i).join('\n')
  const ended = await project.run(['tasks.mjs#odd', '--log', 'log.jsonl', '--on', 'threads'], { input })
  endedWith(ended, 1)
  assert.ok(ended.stderr.length < 10_000, `${ended.stderr.length} characters`)
  assert.match(ended.stderr, /✖ 10,000 failures, all of one kind:\n +10,000 × RangeError: # is even/)
  const lines = values(await project.read('log.jsonl')) as { readonly state?: string }[]
  assert.equal(lines.filter(({ state }) => state === 'failed').length, count)
})
