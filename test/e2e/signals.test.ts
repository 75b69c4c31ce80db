import assert from 'node:assert/strict'

import { endedWith, inProject, usePackage } from './support/project.js'

usePackage()

const skip = process.platform === 'win32' && 'Windows has no such signals'

/** A person who wants it to stop: presses again, and again. */
const PRESS_MS = 40

inProject(
  'Ctrl-C once: what runs may end, nothing more starts',
  async (project) => {
    const running = project.start([
      'run',
      'tasks.mjs#untilThere',
      'go',
      'b',
      'c',
      '-j',
      '1',
      '--logs',
      'inherit',
      '--batch',
      '1',
    ])
    await running.prints('begun go')
    running.signalAll('SIGINT')
    await running.prints('interrupted: nothing more is started')
    await project.write('go', '')
    const ended = await running.ended
    endedWith(ended, 130)
    assert.equal(ended.stdout, '"go"\n')
    assert.match(ended.stderr, /✖ interrupted after [\d.]+s: 1 ok, 2 stopped\n/)
    assert.doesNotMatch(ended.stderr, /begun b/)
  },
  { skip },
)

inProject(
  'Ctrl-C twice: at once',
  async (project) => {
    const running = project.start(['run', 'tasks.mjs#forever', 'a', '--logs', 'inherit'])
    await running.prints('begun a')
    const start = performance.now()
    running.signalAll('SIGINT')
    await running.prints('interrupted')
    const again = setInterval(() => running.signalAll('SIGINT'), PRESS_MS)
    const ended = await running.ended.finally(() => clearInterval(again))
    endedWith(ended, 130)
    assert.ok(performance.now() - start < 4_000, 'it waited for the task')
  },
  { skip },
)

inProject(
  'SIGTERM: like Ctrl-C, with its own exit code',
  async (project) => {
    const running = project.start([
      'run',
      'tasks.mjs#untilThere',
      'go',
      'b',
      '-j',
      '1',
      '--logs',
      'inherit',
      '--batch',
      '1',
    ])
    await running.prints('begun go')
    running.signal('SIGTERM')
    await running.prints('interrupted')
    await project.write('go', '')
    const ended = await running.ended
    endedWith(ended, 143)
    assert.equal(ended.stdout, '"go"\n')
  },
  { skip },
)

inProject(
  'SIGKILL: the workers end by themselves',
  async (project) => {
    const running = project.start(['run', 'tasks.mjs#forever', 'a', 'b', '-j', '2', '--logs', 'inherit'])
    await running.prints('begun a')
    running.signal('SIGKILL')
    assert.equal((await running.ended).signal, 'SIGKILL')
  },
  { skip },
)
