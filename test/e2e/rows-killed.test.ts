import assert from 'node:assert/strict'
import { readdir, rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { seed } from '../support/seed.js'
import { thorough } from '../support/thorough.js'
import { inProject, type Project, usePackage } from './support/project.js'

usePackage()

const skip = process.platform === 'win32' && 'Windows has no such signals'

/** Runs that are killed, for each way to run: at some 200 moments in all. */
const ROUNDS = thorough ? 25 : 2
/** A run is killed so many times, at most, before it is let go on to its end. */
const MOST_KILLS = 3
const ROWS = 30_000
/** In seconds since 1970. */
const LONG_AGO = 1_000_000_000

const WORK = `
import { currentTask } from 'manyhands'
export const plain = ({ id, text }) => ({ id, text: text.toUpperCase() })
export function mixed({ id, text }) {
  if (id % 211 === 5) throw new RangeError('never')
  if (id % 97 === 3 && currentTask().attempt === 1) throw new Error('not yet')
  const until = performance.now() + (id % 499 === 7 ? 2 : 0)
  while (performance.now() < until);
  return id % 50 === 9 ? undefined : { id, text }
}
`

/** Text of JSON Lines; some of them cannot be read, some are blank, some are equal to others. */
function rowsText(hasBad: boolean): string {
  return Array.from({ length: ROWS }, (_, i) => {
    if (hasBad && i % 1_009 === 17) return '{oops\n'
    const id = i % 400 === 0 ? 1 : i
    return `${JSON.stringify({ id, text: 'é.'.repeat(i % 60) })}\n${i % 333 === 0 ? '\n' : ''}`
  }).join('')
}

/** Numbers from 0 up to 1, the same for each seed. */
function randomNumbers(from: number): () => number {
  let state = from
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const WAYS = [
  ['plain', 'processes', []],
  ['plain', 'threads', []],
  ['mixed', 'processes', ['--retries', '1', '--retry-delay', '0ms']],
  ['mixed', 'threads', ['--retries', '1', '--retry-delay', '0ms', '--order', 'done']],
] as const

for (const [name, on, flags] of WAYS) {
  inProject(
    `rows: kill -9 at any moment and --resume give the output of an undisturbed run: ${name}, ${on} ${flags.join(' ')}`,
    async (project) => {
      await project.write('work.mjs', WORK)
      await project.write('rows.jsonl', rowsText(name === 'mixed'))
      // A file that was written long ago is read by the worker processes themselves.
      await utimes(join(project.folder, 'rows.jsonl'), LONG_AGO, LONG_AGO)
      const args = ['run', `work.mjs#${name}`, '@rows.jsonl', '-o', 'out.jsonl', '--on', on, '-j', '2', '-q', ...flags]
      const code = name === 'mixed' ? 1 : 0
      const content = async (): Promise<string> => {
        const text = await project.read('out.jsonl')
        return flags.includes('done' as never) ? text.split('\n').toSorted().join('\n') : text
      }
      const startedAt = performance.now()
      const undisturbed = await project.start(args).ended
      assert.equal(undisturbed.code, code, undisturbed.stderr)
      const whole = performance.now() - startedAt
      const expected = await content()
      assert.equal(expected.split('\n').length > ROWS * 0.99, true)
      const random = randomNumbers(seed + name.length + on.length)
      let resumed = 0
      for (let round = 0; round < ROUNDS; round++) {
        await rm(`${project.folder}/.manyhands`, { recursive: true, force: true })
        await rm(`${project.folder}/out.jsonl`, { force: true })
        const moments = Array.from({ length: 1 + Math.floor(random() * MOST_KILLS) }, () => whole * random())
        const { ended, last, begun } = await killedRun(project, args, moments)
        const about = `killed after ${moments.map(Math.round).join(', ')} of ${Math.round(whole)} ms\n${last}`
        assert.equal(ended, code, about)
        assert.ok((await content()) === expected, `${about}${await difference(project, expected)}`)
        if (begun) resumed++
      }
      // Of two runs on a busy machine both may be killed before they begin.
      assert.ok(resumed > 0 || !thorough, 'no run had begun when it was killed')
    },
    { skip },
  )
}

/** Starts a run, kills it at each of these moments, resumes it each time, and the last time lets it end. */
async function killedRun(
  project: Project,
  args: readonly string[],
  moments: readonly number[],
): Promise<{ ended: number | null; last: string; begun: boolean }> {
  let begun = false
  for (const moment of moments) {
    const running = project.start(begun ? [...args, '--resume'] : args)
    // Any moment will do: what is asserted holds for all of them.
    await pause(moment)
    running.signal('SIGKILL')
    const ended = await running.ended
    // It had ended already.
    if (ended.signal === null) return { ended: ended.code, last: ended.stderr, begun }
    // Before that there is nothing to resume.
    begun = (await readdir(`${project.folder}/.manyhands`, { recursive: true }).catch(() => [])).some((file) =>
      file.endsWith('run.json'),
    )
  }
  const { code, stderr } = await project.start(begun ? [...args, '--resume'] : args).ended
  return { ended: code, last: stderr, begun }
}

async function difference(project: Project, expected: string): Promise<string> {
  const [have, want] = [(await project.read('out.jsonl')).split('\n'), expected.split('\n')]
  const at = want.findIndex((line, i) => line !== have[i])
  return `${have.length} lines, not ${want.length}; line ${at + 1} is ${have[at]}, not ${want[at]}`
}
