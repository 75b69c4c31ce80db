import assert from 'node:assert/strict'
import { appendFileSync, existsSync, rmSync } from 'node:fs'
import { after, describe, it } from 'node:test'

import * as fc from 'fast-check'
import { TaskError } from 'manyhands'

import { failedKeys } from '#manyhands/cli/runs/failed-keys.js'
import { LastAttempts } from '#manyhands/cli/runs/last-attempts.js'
import { lastRows } from '#manyhands/cli/runs/last-rows.js'
import { Journal } from '#manyhands/journal/journal.js'
import { type KeyCounts, keyText, parseKey } from '#manyhands/journal/keys/key-counts.js'
import type { RowState } from '#manyhands/journal/lines/journal-line.js'
import { Past } from '#manyhands/journal/past.js'
import { AttemptColumns, type ItemFacts } from '#manyhands/observe/attempt-columns.js'
import { ATTEMPT_STATES } from '#manyhands/observe/observer.js'
import { FollowedLog } from '#manyhands/report/followed-log.js'
import { rowKeys, rowKeyText } from '#manyhands/rows/keys/row-keys.js'
import { contentKey } from '#manyhands/task/canonical/canonical-hash.js'
import { Scratch } from '#manyhands/testing/scratch.js'

import { attemptsOf } from '../support/journal-attempts.js'
import { check } from './support/check.js'

const FORMAT = { kind: 'jsonl' } as const
/** Inputs are few, so that many are equal. */
const INPUTS = 7
const TOLD = ['failed', 'timeout', 'crashed', 'aborted', 'requeued'] as const

/** A task that is told alone: attempts that fail, and then perhaps a success. */
const alone = fc.record({
  what: fc.constant('alone' as const),
  inputs: fc.array(fc.nat(INPUTS - 1), { minLength: 1, maxLength: 1 }),
  fails: fc.array(fc.constantFrom(...TOLD), { maxLength: 3 }),
  end: fc.constantFrom('ok', 'ok', 'cached', undefined),
  ms: fc.constantFrom(0, 0.25, 0.999, 1, 20, NaN),
  worker: fc.integer({ min: 1, max: 2 }),
})
/** Tasks that are told together. */
const together = fc.record({
  what: fc.constant('together' as const),
  inputs: fc.array(fc.nat(INPUTS - 1), { minLength: 1, maxLength: 40 }),
  keys: fc.boolean(),
  ms: fc.constantFrom(0.25, 3, NaN),
  worker: fc.integer({ min: 1, max: 2 }),
})
const runs = fc.array(
  fc.record({
    confirms: fc.boolean(),
    /** Inputs are rows as bytes. */
    rows: fc.boolean(),
    steps: fc.array(fc.oneof(alone, together), { maxLength: 12 }),
    /** The fate of successes that have to be confirmed, by turn; and which of them comes next. */
    fates: fc.array(fc.constantFrom('confirm', 'confirm', 'each', 'refuse', 'never'), { minLength: 1 }),
    order: fc.array(fc.nat(50), { minLength: 1 }),
    /** The process was killed in the middle of a line. */
    torn: fc.boolean(),
  }),
  { minLength: 1, maxLength: 4 },
)
type Run = (typeof runs extends fc.Arbitrary<readonly (infer R)[]> ? R : never) & { readonly name: string }

/** The lines that a journal should have of a run, in the order in which it was told. */
interface Told {
  readonly run: string
  readonly task: number
  readonly key: string
  readonly state: RowState
}

/** Successes that have to be confirmed: one, or several that may be confirmed one by one. */
interface Pending {
  tell(state: RowState): void
  confirm(): void
  readonly refuse?: () => void
  readonly each?: readonly Pending[]
}

/** Writes a run, and returns what it told. */
function write(file: string, run: Run): Told[] {
  const told: Told[] = []
  const journal = new Journal(file, { run: run.name, confirms: run.confirms })
  journal.open('sha256:c', (error) => assert.fail(error))
  const columns = new AttemptColumns({ id: run.name, name: 'f' })
  const pending: Pending[] = []
  let first = 0
  for (const step of run.steps) {
    const { inputs, worker: id } = step
    const worker = { id, slot: id - 1, pid: 40 + id }
    const keys = keysOf(inputs, run.rows, journal.rowSecret)
    const keyAt = (i: number): string => keyText(run.rows ? 'row' : 'value', keys.subarray(16 * i, 16 * i + 16))
    const base = first
    first += inputs.length
    const items: ItemFacts = {
      fn: () => ({ name: 'f' }),
      index: (offset) => base + offset,
      input: (offset) => ({ n: inputs[offset] }),
      sequence: (offset) => base + offset,
      ...(run.rows && { key: (offset: number) => rowKeyText(keys, offset) }),
    }
    const tell = (i: number, state: RowState): unknown =>
      told.push({ run: run.name, task: base + i, key: keyAt(i), state })
    if (step.what === 'together') {
      const own = step.keys || run.rows ? keys : undefined
      const of = run.rows ? ('row' as const) : ('value' as const)
      const run1 = {
        items,
        offset: 0,
        count: inputs.length,
        attempt: 1,
        worker,
        start: 1e12,
        ms: step.ms,
        keys: own,
        of,
      }
      const tellAll = (state: RowState): void => inputs.forEach((_, i) => tell(i, state))
      journal.successes(run1)
      if (!run.confirms) tellAll('ok')
      else {
        const ofOne = inputs.map((_, i) => ({
          tell: (state: RowState) => void tell(i, state),
          confirm: () => journal.confirm(base + i, 7),
          refuse: () => void journal.refuse(base + i, new Error('no')),
        }))
        pending.push({ tell: tellAll, confirm: () => journal.confirmRun(run1, undefined), each: ofOne })
      }
      continue
    }
    const about = { items, offset: 0, worker, start: 1e12, ms: step.ms }
    let attempt = 0
    for (const [i, state] of step.fails.entries()) {
      attempt++
      const failure = { task: { name: 'f', index: base, key: keyAt(0) }, input: items.input(0), attempts: attempt }
      const error = state === 'requeued' ? undefined : new TaskError({ ...failure, cause: new Error('bad') })
      const final = step.end === undefined && i === step.fails.length - 1
      columns.add({ ...about, state: ATTEMPT_STATES.indexOf(state), attempt, final, error })
      if (state !== 'requeued') tell(0, state)
    }
    if (step.end !== undefined) {
      const state = ATTEMPT_STATES.indexOf(step.end)
      columns.add({ ...about, state, attempt: step.end === 'cached' ? 0 : attempt + 1, final: true })
    }
    const batch = columns.take()
    if (batch !== undefined) journal.attempts(batch)
    if (step.end === undefined) continue
    const { end } = step
    const tellOne = (state: RowState): void => void tell(0, state === 'ok' ? end : state)
    const parts = {
      tell: tellOne,
      confirm: () => journal.confirm(base, 7),
      refuse: () => void journal.refuse(base, new Error('no')),
    }
    if (run.confirms) pending.push(parts)
    else tellOne('ok')
  }
  settle(run, pending)
  journal.close()
  if (run.torn) appendFileSync(file, '{"v":2,"task":0,"count":1,"st')
  return told
}

/** Confirms, refuses or forgets what is pending, in the order that the run says. */
function settle({ fates, order }: Run, pending: Pending[]): void {
  for (let turn = 0; pending.length > 0; turn++) {
    const [one] = pending.splice((order[turn % order.length] as number) % pending.length, 1)
    const fate = fates[turn % fates.length]
    if (one === undefined || fate === 'never') continue
    if (one.each !== undefined && fate !== 'confirm') {
      pending.push(...one.each)
      continue
    }
    if (fate === 'refuse' && one.refuse !== undefined) {
      one.refuse()
      one.tell('failed')
    } else {
      one.confirm()
      one.tell('ok')
    }
  }
}

function keysOf(inputs: readonly number[], rows: boolean, secret: Uint8Array): Uint8Array {
  const texts = inputs.map((n) => JSON.stringify({ n }))
  if (!rows)
    return Buffer.concat(
      inputs.map((n) => (parseKey(contentKey({ n })) as NonNullable<ReturnType<typeof parseKey>>).bytes),
    )
  const bytes = Buffer.from(texts.join(''))
  let at = 0
  const bounds = Uint32Array.from(texts.flatMap(({ length }) => [at, (at += length)]))
  return rowKeys(bytes, bounds, secret, FORMAT)
}

function countsOf(keys: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

/** Takes out all that counts hold of some keys. */
function takeAll(counts: KeyCounts, keys: ReadonlySet<string>): Map<string, number> {
  const taken = new Map<string, number>()
  for (const key of keys) while (counts.take(key)) taken.set(key, (taken.get(key) ?? 0) + 1)
  assert.equal(counts.size, 0)
  return taken
}

/** The inputs that failed and did not succeed later, counted plainly. */
function failedByModel(last: readonly Told[]): Map<string, number> {
  const failed = new Map<string, number>()
  for (const key of new Set(last.map((one) => one.key))) {
    const own = last.filter((one) => one.key === key)
    let known = 0
    for (const run of new Set(own.map((one) => one.run))) {
      const before = own
        .slice(
          0,
          own.findIndex((one) => one.run === run),
        )
        .filter(isGood).length
      known = Math.max(known, before + own.filter((one) => one.run === run).length)
    }
    const bad = own.filter((one) => !isGood(one) && one.state !== 'aborted').length
    const rest = Math.min(known - own.filter(isGood).length, bad)
    if (rest > 0) failed.set(key, rest)
  }
  return failed
}

function isGood({ state }: Told): boolean {
  return state === 'ok' || state === 'cached'
}

/** Torn lines are told with a warning, which is not looked at here. */
const quiet = (warning: Error & { readonly code?: string }): void => assert.equal(warning.code, 'MH_JOURNAL')

describe('a journal', () => {
  const [print] = process.listeners('warning')
  if (print !== undefined) process.off('warning', print)
  process.on('warning', quiet)
  after(() => process.off('warning', quiet))

  it('says of random runs what was told to it: states, rows, successes, failures', async () => {
    using scratch = new Scratch()
    const file = scratch.file('journal')
    await check(
      runs,
      (all) => {
        if (existsSync(file)) rmSync(file)
        const told: Told[] = []
        for (const [i, run] of all.entries()) told.push(...write(file, { ...run, name: `run-${i}` }))
        const lastTold = [...new Map(told.map((one) => [`${one.run} ${one.task}`, one])).values()]
        const keys = new Set(told.map(({ key }) => key))
        for (const [i] of all.entries()) {
          const name = `run-${i}`
          if (!existsSync(file)) continue
          const own = lastTold.filter(({ run }) => run === name)
          const last = new LastAttempts()
          const log = new FollowedLog(file, name, last)
          log.read()
          const { states, attempts } = log.digest.counts()
          const counted = Object.entries(states).filter(([, number]) => number > 0)
          assert.deepEqual(Object.fromEntries(counted), Object.fromEntries(countsOf(own.map(({ state }) => state))))
          const hasRun = ({ run, state }: Told): boolean => run === name && state !== 'cached'
          assert.equal(attempts, told.filter(hasRun).length)
          for (const { task, state } of own) assert.equal(last.stateOf(task), state)
          for (const row of lastRows(file, name, last))
            assert.deepEqual([row.state, parseKey(row.key)], [last.stateOf(row.task), parseKey(keyOf(own, row.task))])
          assert.deepEqual(
            [...last.failed()].toSorted((a, b) => a - b),
            own
              .filter((one) => !isGood(one))
              .map(({ task }) => task)
              .toSorted((a, b) => a - b),
          )
        }
        assert.deepEqual(
          attemptsOf(file)
            .map(({ run, task, state }) => `${run} ${task} ${state}`)
            .toSorted(),
          told.map(({ run, task, state }) => `${run} ${task} ${state}`).toSorted(),
        )
        const past = Past.read(file, 'sha256:c', () => {})
        assert.deepEqual(takeAll(past.succeeded, keys), countsOf(lastTold.filter(isGood).map(({ key }) => key)))
        assert.deepEqual(takeAll(failedKeys(file), keys), failedByModel(lastTold))
      },
      600,
    )
  })
})

function keyOf(told: readonly Told[], task: number): string {
  return told.find((one) => one.task === task)?.key ?? ''
}
