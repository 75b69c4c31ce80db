import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'

import { thorough } from '../support/thorough.js'
import { endedWith, inProject, usePackage, values } from './support/project.js'

usePackage()

const skip = process.platform === 'win32' && 'Windows has no such signals'

/** Moments at which each signal stops a run, spread over the time that the run takes. */
const ROUNDS = thorough ? 17 : 6
const INPUTS = Array.from({ length: 300 }, (_, i) => `input-${i}`)

/** A line of a log; `count`: of several tasks. */
interface Line {
  readonly state?: string
  readonly task: number
  readonly count?: number
}

/** The inputs that succeeded by a log. Only a kill may leave a line without its end. */
function succeededBy(log: string, mayBeTorn: boolean): string[] {
  const end = log.lastIndexOf('\n') + 1
  if (!mayBeTorn) assert.equal(end, log.length, 'the last line has its end')
  const lines = values(log.slice(0, end)) as Line[]
  return lines.flatMap(({ state, task, count = 1 }) => (state === 'ok' ? INPUTS.slice(task, task + count) : []))
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
  inProject(
    `${signal} at any moment of a run: the log is whole, and --resume does the rest`,
    async (project) => {
      await project.write('inputs.txt', `${INPUTS.join('\n')}\n`)
      const argsFor = (round: string): string[] => {
        const files = ['-o', `out-${round}.jsonl`, '--log', `log-${round}.jsonl`]
        return ['run', 'tasks.mjs#blink', '@inputs.txt', ...files, '-q', '-j', '2']
      }
      const startedAt = performance.now()
      endedWith(await project.start(argsFor('whole')).ended, 0)
      const whole = performance.now() - startedAt
      let resumed = 0
      for (let round = 0; round < ROUNDS; round++) {
        const args = argsFor(String(round))
        const running = project.start(args)
        const moment = (whole * (round + 0.5)) / ROUNDS
        // Any moment will do: what is asserted holds for all of them.
        await pause(moment)
        running.signal(signal)
        const { code, stderr } = await running.ended
        const about = `${signal} after ${moment} of ${whole} ms: exit code ${code}\n${stderr}`
        const succeeded = succeededBy(await project.read(`log-${round}.jsonl`).catch(() => ''), signal === 'SIGKILL')
        const written = await project.read(`out-${round}.jsonl`).catch(() => '')
        const results = new Set(values(written.slice(0, written.lastIndexOf('\n') + 1)))
        for (const input of succeeded) assert.ok(results.has(input), `${input}: ${about}`)
        const again = await project.start([...args, '--resume']).ended
        // If it was stopped before it left a trace there is nothing to resume.
        if (again.code === 3) {
          assert.match(again.stderr, /there are no runs in this folder/)
          assert.equal(written, '', about)
          continue
        }
        assert.equal(again.code, 0, `${again.stderr}\n${about}`)
        const all = values(await project.read(`out-${round}.jsonl`)) as string[]
        assert.deepEqual([...new Set(all)].toSorted(), INPUTS.toSorted(), about)
        assert.equal(all.length, INPUTS.length, about)
        resumed++
      }
      assert.ok(resumed >= ROUNDS / 3, `only ${resumed} of ${ROUNDS} runs had begun when they were stopped`)
    },
    { skip },
  )
}
