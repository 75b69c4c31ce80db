import assert from 'node:assert/strict'

import type { SettledRecord, TaskError } from 'manyhands'

import { type Act, resultOf } from './act.js'
import type { Scenario } from './scenario.js'

/** An outcome, as far as it is the same every time. */
export type Expected =
  | { readonly status: 'fulfilled'; readonly index: number; readonly value: unknown }
  | { readonly status: 'rejected'; readonly index: number; readonly code: string; readonly cause: string | undefined }

/** The outcomes that the inputs of a scenario must have, in their order. */
export function expectedOf(scenario: Scenario, acts: readonly Act[]): Expected[] {
  const { skip, leaving } = scenario
  const read = leaving.how === 'inputs throw' ? acts.slice(0, leaving.after) : acts
  return read.filter(({ id }) => skip === 0 || id % skip !== 0).map((one) => outcomeOf(one))
}

function outcomeOf(one: Act): Expected {
  const { id: index } = one
  if (one.throws < 0) return { status: 'rejected', index, code: 'MH_TASK_FAILED', cause: `${index} throws` }
  if (one.exits < 0) return { status: 'rejected', index, code: 'MH_WORKER_CRASHED', cause: undefined }
  return { status: 'fulfilled', index, value: resultOf(one, index) }
}

/** A record of a run, to be compared with what was expected. */
export function seen(record: SettledRecord<Act>): Expected {
  const { index } = record
  if (record.status === 'fulfilled') return { status: 'fulfilled', index, value: record.value }
  const { reason } = record
  assert.equal(reason.task.index, index)
  assert.deepEqual(reason.input, record.input)
  assert.equal(record.input.id, index)
  return { status: 'rejected', index, code: reason.code, cause: causeOf(reason) }
}

function causeOf({ cause }: TaskError): string | undefined {
  return cause instanceof Error ? cause.message : undefined
}

/** Fails unless what came is as much of what was expected as it may be, once each, and in order where that is asked for. */
export function checkPart(scenario: Scenario, came: readonly Expected[], expected: readonly Expected[]): void {
  if (scenario.ordered) {
    assert.deepStrictEqual(came, expected.slice(0, came.length))
    return
  }
  const byIndex = new Map(expected.map((one) => [one.index, one]))
  for (const one of came) {
    assert.deepStrictEqual(one, byIndex.get(one.index), `input ${one.index} has two outcomes, or a wrong one`)
    byIndex.delete(one.index)
  }
}
