import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { frameOf } from '#manyhands/cli/top/frame.js'
import { RecentFailures } from '#manyhands/cli/top/recent-failures.js'
import { afterKey, FIRST_STATE, keysOf, PANELS, type TopData, type TopState } from '#manyhands/cli/top/top-state.js'
import { widthOf } from '#manyhands/util/text/text-width.js'
import type { Live } from '#manyhands/view/live.js'

import { MadeDigest, START } from '../../view/support/made-run.js'

const plain = (_look: unknown, text: string): string => text
const HOSTILE = '</script>\u001B[2J\u202E\u0000\n\uD800 東京'.repeat(9)

/** A run of four workers in its middle: 60 of 100 tasks have ended, two of them badly. */
function made(input = 'photos/a.jpg', total: number | undefined = 100): TopData {
  const digest = new MadeDigest({ workers: 4, steps: ['read', 'resize'], head: { name: 'thumbnails', total } })
  digest.fill(60, 4, 20)
  const failures = new RecentFailures()
  for (const task of [60, 61]) {
    const error = { name: 'SyntaxError', message: `no marker ${task}: ${input}`, stack: '' }
    digest.attempt({ task, at: 300 + task, state: 'failed', step: 'resize', input, error })
    const about = { run: 'r', code: 'c', key: 'k', pid: 1, host: 'h', worker: 1, attempt: 1, state: 'failed' as const }
    failures.row({ ...about, task, input, start: START + 300, ms: 10, step: 'resize', error })
  }
  const running = [0, 1, 3].map((slot) => ({
    slot,
    task: 62 + slot,
    input,
    step: 'resize',
    since: START + (slot === 3 ? 0 : 990),
    attempt: 1,
  }))
  const counts = { workers: 4, total, done: 60, cached: 0, failed: 2, read: 80, waiting: 0, rss: 100 * 2 ** 20 }
  const live: Live = { v: 1, at: START + 1_000, running, busy: 3, ...counts }
  const view = digest.view({ state: 'running', exitCode: undefined })
  return { view, live, now: START + 1_000, rate: 50, failures: failures.all, printed: ['#3 │ said', `#4 │ ${input}`] }
}

function screen(
  size: readonly [columns: number, rows: number],
  state: Partial<TopState> = {},
  data = made(),
): string[] {
  return frameOf(data, { ...FIRST_STATE, ...state }, { columns: size[0], rows: size[1] }, plain)
}

describe('the picture of a run on a terminal', () => {
  it('shows how far it is, its workers, failures, kinds and keys', () => {
    const lines = screen([100, 24])
    assert.match(lines[0] ?? '', /^ thumbnails {2}calm-otter-41 +[━╸─]{40} {2}62 % {3}62\/100 {3}ETA 1 s$/)
    assert.match(lines[1] ?? '', /^ 50\/s {3}3\/4 busy {3}2 failed {3}rss 100 MB$/)
    assert.match(lines[3] ?? '', / w {2}task +what +step +since +done +failed/)
    assert.match(lines[4] ?? '', / 1 {2}#62 +photos\/a\.jpg +resize +10 ms +17 +2/)
    assert.match(lines[6] ?? '', / 3 +15 *$/)
    assert.match(lines[7] ?? '', / 4 {2}#65 +photos\/a\.jpg +resize +▲1 s +15/)
    assert.match(lines[9] ?? '', /failures, newest first/)
    assert.match(lines[10] ?? '', /0:00 {2}#61 +photos\/a\.jpg +resize {2}SyntaxError: no marker 61/)
    assert.ok(
      lines.some((line) => /2 × SyntaxError: no marker #: … \(resize\)/.test(line)),
      lines.join('\n'),
    )
    assert.match(lines.at(-1) ?? '', /^ q quit {2}f failures/)
    assert.equal(lines.length, 24)
  })

  it('never is wider or higher than its terminal, whatever is shown', () => {
    for (const data of [made(), made(HOSTILE), made('a.jpg', undefined), { ...made(), live: undefined, failures: [] }])
      for (const panel of PANELS)
        for (const columns of [1, 2, 5, 10, 20, 33, 40, 60, 79, 80, 81, 100, 119, 120, 121, 200])
          for (const rows of [1, 2, 3, 5, 6, 7, 8, 10, 15, 24, 60]) {
            const lines = screen(
              [columns, rows],
              { panel, isPaused: rows % 2 === 0, find: columns % 3 ? '' : 'a' },
              data,
            )
            const about = `${panel} at ${columns}x${rows}\n${lines.join('\n')}`
            assert.ok(lines.length <= rows && lines.length > 0, about)
            for (const line of lines) assert.ok(widthOf(line) < Math.max(columns, 2), about)
          }
  })

  it('writes out what a terminal would obey', () => {
    for (const panel of PANELS) {
      const text = screen([200, 40], { panel }, made(HOSTILE)).join('')
      // oxlint-disable-next-line no-control-regex -- what a terminal obeys
      assert.doesNotMatch(text, /[\u0000-\u001F\u007F-\u009F\u202E]|\p{Surrogate}/u)
    }
  })

  it('shows all in one line where there is only one', () => {
    const [line, ...more] = screen([60, 1])
    assert.match(line ?? '', /^ thumbnails .*62 % {3}62\/100/)
    assert.deepEqual(more, [])
    assert.match(screen([12, 1])[0] ?? '', /62\/100/)
  })

  it('lists the workers that are at their task for longest if not all have room', () => {
    const text = screen([80, 13]).join('\n')
    assert.match(text, /▲1 s/)
    assert.match(text, /… \d more workers/)
  })

  it('lists only what is looked for', () => {
    assert.match(screen([100, 24], { find: '#60' }).join('\n'), /newest first: 1 match\n.*#60/)
    assert.match(screen([100, 24], { find: 'MARKER 6' }).join('\n'), /newest first\n/)
    assert.match(screen([100, 24], { find: 'xyz' }).join('\n'), /newest first: 0 matches/)
    assert.doesNotMatch(screen([100, 24], { panel: 'logs', find: 'said' }).join('\n'), /#4/)
  })

  it('counts by the log when the run does not tell, and says nothing of what is not known', () => {
    const lines = screen([100, 24], {}, { ...made(), live: undefined })
    assert.match(lines[0] ?? '', /62\/100/)
    assert.doesNotMatch(lines[1] ?? '', /busy|rss|ahead/)
  })
})

describe('the keys of the picture', () => {
  const after = (keys: string, state: TopState = FIRST_STATE): TopState | 'quit' => {
    let now: TopState | 'quit' = state
    for (const key of keysOf(keys)) if (now !== 'quit') now = afterKey(now, key)
    return now
  }

  it('choose what is listed, and a second time the failures again', () => {
    for (const [key, panel] of [
      ['s', 'slowest'],
      ['w', 'workers'],
      ['l', 'logs'],
      ['?', 'help'],
    ] as const) {
      assert.deepEqual(after(key), { ...FIRST_STATE, panel })
      assert.deepEqual(after(key + key), FIRST_STATE)
    }
    assert.deepEqual(after('f'), FIRST_STATE)
    assert.deepEqual(after('p'), { ...FIRST_STATE, isPaused: true })
    assert.deepEqual(after('pp'), FIRST_STATE)
  })

  it('leave by q, Ctrl-C and the end of the input', () => {
    for (const key of ['q', '\u0003', '\u0004', '/abc\u0003']) assert.equal(after(key), 'quit')
  })

  it('are a text after /, until Enter or Esc', () => {
    assert.deepEqual(after('/qf'), { ...FIRST_STATE, isTyping: true, find: 'qf' })
    assert.deepEqual(after('/qfx\u007F\rs'), { ...FIRST_STATE, panel: 'slowest', find: 'qf' })
    assert.deepEqual(after('/qf\u001B'), FIRST_STATE)
    assert.deepEqual(after('/é\u001B[A\u0001'), { ...FIRST_STATE, isTyping: true, find: 'é' })
  })

  it('that have no meaning change nothing', () => {
    for (const key of ['x', '\u001B[A', '\u001B[1;5C', '\u001BOP', '\u0001', '€'])
      assert.deepEqual(after(key), FIRST_STATE)
  })
})
