import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { stripVTControlCharacters } from 'node:util'

import { plainLines } from '#manyhands/progress/plain-lines.js'
import { factsLine, progressLine } from '#manyhands/progress/progress-line.js'
import type { ProgressState } from '#manyhands/progress/progress-option.js'
import { Rate, showProgress } from '#manyhands/progress/show-progress.js'
import { LineBuffer } from '#manyhands/progress/terminal-bar.js'
import { count, duration } from '#manyhands/util/text/show-number.js'
import { paintFor } from '#manyhands/util/text/terminal-text.js'
import { widthOf } from '#manyhands/util/text/text-width.js'

const STATE: ProgressState = {
  done: 1_204,
  failed: 2,
  running: 2,
  total: 1_812,
  rate: 212.4,
  elapsedMs: 6_000,
  etaMs: 2_850,
}
const LABELS = { label: 'resize', workers: '2 threads', unit: undefined }
const plain = (_look: unknown, text: string): string => text

function lineAt(columns: number, state: Partial<ProgressState> = {}, labels: Partial<typeof LABELS> = {}): string {
  return progressLine({ ...STATE, ...state }, { ...LABELS, ...labels }, columns, plain)
}

describe('a progress line', () => {
  it('says all that there is room for, the least important last', () => {
    assert.match(
      lineAt(120),
      /^ {2}resize {2}2 threads {2}[━╸─]{40} {2}1,206\/1,812 {2}66 % {2}212\/s {2}2 failed {2}ETA 3s$/,
    )
    assert.match(lineAt(72), /^ {2}resize {2}[━╸─]+ {2}1,206\/1,812 {2}66 % {2}212\/s {2}2 failed {2}ETA 3s$/)
    assert.match(lineAt(54), /^ {2}resize {2}1,206\/1,812 {2}66 % {2}212\/s {2}2 failed {2}ETA 3s$/)
    assert.match(lineAt(40), /^ {2}resize {2}1,206\/1,812 {2}66 % {2}2 failed$/)
    assert.match(lineAt(24), /^ {2}resize {2}1,206\/1,812$/)
  })

  it('never reaches the last column', () => {
    for (let columns = 1; columns <= 200; columns++)
      assert.ok(lineAt(columns).length < columns || columns === 1, `${columns}`)
  })

  it('keeps failures in sight as long as there is room for more than the count', () => {
    for (let columns = 40; columns <= 200; columns++) assert.match(lineAt(columns), /2 failed/, `${columns}`)
  })

  it('fills the bar by what is done', () => {
    const bar = (done: number): string => /[━╸─]+/.exec(lineAt(120, { done, failed: 0, total: 80 }))?.[0] ?? ''
    assert.equal(bar(0), '─'.repeat(40))
    assert.equal(bar(40), '━'.repeat(20) + '─'.repeat(20))
    assert.equal(bar(41), `${'━'.repeat(20)}╸${'─'.repeat(19)}`)
    assert.equal(bar(80), '━'.repeat(40))
    assert.equal(bar(99), '━'.repeat(40))
  })

  it('has no bar where the end is not known', () => {
    assert.match(
      lineAt(120, { total: undefined, etaMs: undefined }),
      /^ {2}resize {2}2 threads {2}1,206 {2}212\/s {2}2 failed {2}6s$/,
    )
  })

  it('cuts long names', () => {
    assert.match(lineAt(120, {}, { label: 'a'.repeat(50) }), /^ {2}a{23}… {2}/)
  })

  it('never reaches the last column with a name whose characters are two columns wide', () => {
    const labels = { label: '第4話 気づいたんですよね' }
    for (let columns = 2; columns <= 120; columns++)
      assert.ok(widthOf(lineAt(columns, {}, labels)) < columns, `${columns}`)
  })

  it('is as wide with colors as without', () => {
    const paint = paintFor({ isTTY: true }, { FORCE_COLOR: '1' })
    for (const columns of [30, 60, 90, 120]) {
      const painted = progressLine(STATE, LABELS, columns, paint)
      assert.notEqual(painted, stripVTControlCharacters(painted))
      assert.equal(stripVTControlCharacters(painted).length, lineAt(columns).length)
    }
  })
})

describe('the facts in one line', () => {
  it('are what is known', () => {
    assert.equal(factsLine(STATE, 'files'), '1,206/1,812 files  66 %  212/s  2 failed  ETA 3s')
    assert.equal(factsLine({ ...STATE, failed: 0, total: undefined, etaMs: undefined }, undefined), '1,204  212/s  6s')
    assert.equal(factsLine({ ...STATE, done: 5, failed: 0, total: 5, rate: 0.25 }, undefined), '5/5  100 %  0.3/s  6s')
    assert.equal(factsLine({ ...STATE, done: 0, failed: 0, total: 0, rate: 0 }, undefined), '0/0  0.0/s  6s')
  })

  it('progress ends at 100 % where the given total was too small', () => {
    assert.equal(factsLine({ ...STATE, done: 20, failed: 0, total: 5, etaMs: 0 }, undefined), '20/5  100 %  212/s  6s')
  })

  it('progress does not round up to 100 % before the end', () => {
    assert.match(factsLine({ ...STATE, done: 999, failed: 0, total: 1_000 }, undefined), / 99 % /)
  })

  it('show numbers and times for reading', () => {
    assert.equal(count(1_234_567), '1,234,567')
    assert.deepEqual([0, 1, 59_000, 60_000, 125_000, 3_600_000, 4_800_000].map(duration), [
      '0s',
      '1s',
      '59s',
      '1m 00s',
      '2m 05s',
      '1h 00m',
      '1h 20m',
    ])
  })
})

describe('the rate', () => {
  it('is that of the last seconds', () => {
    const rate = new Rate()
    assert.equal(rate.at(0, 0), 0)
    assert.equal(rate.at(1_000, 100), 100)
    for (let s = 2; s <= 20; s++) rate.at(s * 1_000, 100)
    assert.equal(rate.at(21_000, 100), 0)
  })
})

describe('the time that is left', () => {
  it('counts the pace of what is computed, not of what came from a cache', () => {
    const states: ProgressState[] = []
    const counts = { done: 0, cached: 0, failed: 0, running: 1, elapsedMs: 0 }
    const source = { stats: () => ({ ...counts }), total: () => 1_000 }
    const shown = showProgress((state) => void states.push(state), source, 'run', '1 thread')
    shown.stop()
    // 900 hits within a second say nothing about the other 100.
    Object.assign(counts, { done: 900, cached: 900, elapsedMs: 1_000 })
    shown.stop()
    Object.assign(counts, { done: 902, elapsedMs: 3_000 })
    shown.stop()
    Object.assign(counts, { done: 1_000, elapsedMs: 101_000 })
    shown.stop()
    const [, hits, some, all] = states.map(({ etaMs }) => etaMs)
    assert.equal(hits, undefined)
    assert.equal(Math.round((some as number) / 1_000), 147)
    assert.equal(all, 0)
  })
})

describe('a total that was too small', () => {
  it('no time is left, rather than less than none', () => {
    const states: ProgressState[] = []
    const stats = { done: 20, cached: 0, failed: 0, running: 1, elapsedMs: 1_000 }
    for (const total of [0, 5])
      showProgress(
        (state) => void states.push(state),
        { stats: () => stats, total: () => total },
        'run',
        '1 thread',
      ).stop()
    assert.deepEqual(
      states.map(({ total, etaMs }) => [total, etaMs]),
      [
        [0, 0],
        [5, 0],
      ],
    )
  })
})

describe('lines for pipes and files', () => {
  it('are written when something has changed', () => {
    const written: string[] = []
    const stream = { write: (text: string) => written.push(text) } as unknown as NodeJS.WritableStream
    const display = plainLines(stream, { ...LABELS, unit: 'files' }, 5_000)
    assert.equal(display.interval, 5_000)
    display.update(STATE)
    display.update(STATE)
    display.finish({ ...STATE, done: 1_810, etaMs: 0 })
    assert.deepEqual(written, [
      '[resize] 1,206/1,812 files  66 %  212/s  2 failed  ETA 3s\n',
      '[resize] 1,812/1,812 files  100 %  212/s  2 failed  6s\n',
    ])
  })
})

describe('what is printed above a bar', () => {
  it('goes on in whole lines', () => {
    const given: string[] = []
    const buffer = new LineBuffer((lines) => given.push(lines))
    for (const piece of ['a', 'b\nc', '\n', 'd\ne\nf', '']) buffer.push(piece)
    assert.deepEqual(given, ['ab\n', 'c\n', 'd\ne\n'])
    assert.equal(buffer.rest(), 'f')
    assert.equal(buffer.rest(), '')
  })
})

describe('colors', () => {
  it('are shown on terminals, and as the environment says', () => {
    const paints = (isTTY: boolean, env: NodeJS.ProcessEnv): boolean => paintFor({ isTTY }, env)('red', 'x') !== 'x'
    assert.equal(paints(true, {}), true)
    assert.equal(paints(false, {}), false)
    assert.equal(paints(true, { TERM: 'dumb' }), false)
    assert.equal(paints(true, { NO_COLOR: '1' }), false)
    assert.equal(paints(true, { NO_COLOR: '' }), true)
    assert.equal(paints(false, { FORCE_COLOR: '1' }), true)
    assert.equal(paints(true, { FORCE_COLOR: '0' }), false)
    assert.equal(paints(true, { FORCE_COLOR: '1', NO_COLOR: '1' }), true)
  })
})
