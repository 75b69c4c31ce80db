import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'

import { inProject, usePackage, values } from './support/project.js'

usePackage()

const skip = process.platform === 'win32' && 'Windows has no such signals'

/** Moments at which a run is stopped, over all signals. */
const MOMENTS = 50
const INPUTS = Array.from({ length: 300 }, (_, i) => `input-${i}`)
/** About as long as the run takes, so that every stage of it is met. */
const LONGEST_MS = 700

interface Row {
  readonly state: string
  readonly input: string
}

/** The rows of a log. Only a kill may leave a line without its end. */
function rowsOf(log: string, mayBeTorn: boolean): Row[] {
  const end = log.lastIndexOf('\n') + 1
  if (!mayBeTorn) assert.equal(end, log.length, 'the last line has its end')
  return values(log.slice(0, end)) as Row[]
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
  inProject(
    `${signal} at any moment: the log is whole, and the rest is done later`,
    async (project) => {
      await project.write('inputs.txt', `${INPUTS.join('\n')}\n`)
      for (let i = 0; i < Math.ceil(MOMENTS / 3); i++) {
        const [log, out] = [`log-${i}.jsonl`, `out-${i}.jsonl`]
        const args = ['run', 'tasks.mjs#blink', '@inputs.txt', '-o', out, '--log', log, '-q', '-j', '2']
        const running = project.start(args)
        const moment = randomInt(LONGEST_MS)
        // Any moment will do: what is asserted holds for all of them.
        await pause(moment)
        running.signal(signal)
        const { code, stderr } = await running.ended
        const about = `${signal} after ${moment} ms: exit code ${code}\n${stderr}`
        const rows = rowsOf(await project.read(log).catch(() => ''), signal === 'SIGKILL')
        const written = await project.read(out).catch(() => '')
        const results = new Set(values(written.slice(0, written.lastIndexOf('\n') + 1)))
        for (const { state, input } of rows) if (state === 'ok') assert.ok(results.has(input), `${input}: ${about}`)
        const again = await project.start([...args, '--resume']).ended
        // Where it never came as far as to leave a trace there is nothing to go on with.
        if (again.code === 3) {
          assert.match(again.stderr, /there was no run in this folder/)
          continue
        }
        assert.equal(again.code, 0, `${again.stderr}\n${about}`)
        const all = values(await project.read(out)) as string[]
        assert.deepEqual([...new Set(all)].toSorted(), INPUTS.toSorted(), about)
        assert.equal(all.length, INPUTS.length, about)
      }
    },
    { skip },
  )
}
