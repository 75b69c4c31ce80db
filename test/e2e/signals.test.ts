import assert from 'node:assert/strict'

import { endedWith, inProject, usePackage } from './support/project.js'

usePackage()

const skip = process.platform === 'win32' && 'Windows has no such signals'

/** One that ends when the test says so, then many that would end at once; a worker may have one more at hand. */
const INPUTS = ['go', ...Array.from({ length: 50 }, () => 'tasks.mjs')]
const ONE_BY_ONE = ['-j', '1', '--logs', 'inherit', '--batch', '1']

/** A person who wants it to stop: presses again, and again. */
const PRESS_MS = 40

inProject(
  'Ctrl-C once lets running tasks end, and starts nothing more',
  async (project) => {
    const running = project.start(['run', 'tasks.mjs#untilThere', ...INPUTS, ...ONE_BY_ONE])
    await running.prints('begun go')
    running.signalAll('SIGINT')
    await running.prints('interrupted: nothing more is started')
    await project.write('go', '')
    const ended = await running.ended
    endedWith(ended, 130)
    assert.match(ended.stdout, /^"go"\n("tasks.mjs"\n){0,2}$/)
    assert.match(
      ended.stderr,
      /✖ interrupted after [\d.hms ]+: [123] ok, (50|49|48) not done    run [a-z]+-[a-z]+-\d\d\n  resume: add --resume=\S+\n$/,
    )
  },
  { skip },
)

inProject(
  'Ctrl-C twice ends the run at once',
  async (project) => {
    const running = project.start(['run', 'tasks.mjs#forever', 'a', '--logs', 'inherit'])
    await running.prints('begun a')
    const start = performance.now()
    running.signalAll('SIGINT')
    await running.prints('interrupted')
    const again = setInterval(() => running.signalAll('SIGINT'), PRESS_MS)
    const ended = await running.ended.finally(() => clearInterval(again))
    endedWith(ended, 130)
    assert.ok(performance.now() - start < 20_000, 'it waited for the task')
  },
  { skip },
)

for (const signal of ['SIGTERM', 'SIGHUP'] as const)
  inProject(
    `${signal} is like Ctrl-C, with an exit code of its own`,
    async (project) => {
      const running = project.start(['run', 'tasks.mjs#untilThere', ...INPUTS, ...ONE_BY_ONE])
      await running.prints('begun go')
      running.signal(signal)
      await running.prints('interrupted')
      await project.write('go', '')
      const ended = await running.ended
      endedWith(ended, 143)
      assert.match(ended.stdout, /^"go"\n("tasks.mjs"\n){0,2}$/)
    },
    { skip },
  )

inProject(
  'after SIGKILL of the command its workers end by themselves',
  async (project) => {
    const running = project.start(['run', 'tasks.mjs#forever', 'a', 'b', '-j', '2', '--logs', 'inherit'])
    await running.prints('begun a')
    running.signal('SIGKILL')
    assert.equal((await running.ended).signal, 'SIGKILL')
  },
  { skip },
)
