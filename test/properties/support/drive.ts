import assert from 'node:assert/strict'

import { BatchError, type MapFunction, type SettledRecord, TaskError } from 'manyhands'

import { act, type Act } from './act.js'
import type { BackendName } from './check.js'
import { checkPart, type Expected, expectedOf, seen } from './model.js'
import { actsOf, inputsOf, optionsOf, type Scenario } from './scenario.js'

/** Runs a scenario, reads all outcomes, and checks them. Returns them in the order of the inputs. */
export async function outcomesOf(
  map: MapFunction,
  scenario: Scenario,
  backend: BackendName | undefined,
  folder: string,
): Promise<Expected[]> {
  const acts = actsOf(scenario, folder)
  const expected = expectedOf(scenario, acts)
  const { leaving, rest } = scenario
  const controller = new AbortController()
  const run = map(inputsOf(scenario, acts), act, { ...optionsOf(scenario, backend), signal: controller.signal })
  const came: Expected[] = []
  let ended: { error: unknown } | undefined
  try {
    for await (const record of run.settled()) {
      came.push(seen(record))
      if (rest > 0 && came.length % rest === 0) await new Promise((resolve) => setImmediate(resolve))
      if (!('after' in leaving) || came.length !== leaving.after) continue
      if (leaving.how === 'break') break
      if (leaving.how === 'cancel') run.cancel('enough')
      if (leaving.how === 'signal') controller.abort('enough')
    }
  } catch (error) {
    ended = { error }
  }
  checkPart(scenario, came, expected)
  checkEnd(scenario, came.length, expected.length, acts.length, ended)
  return came.toSorted((a, b) => a.index - b.index)
}

function checkEnd(
  { leaving }: Scenario,
  came: number,
  expected: number,
  inputs: number,
  ended: { error: unknown } | undefined,
): void {
  const left = 'after' in leaving && leaving.how !== 'inputs throw' && came >= leaving.after
  if (!left) {
    assert.equal(came, expected)
    const broke = leaving.how === 'inputs throw' && leaving.after < inputs
    if (broke) assert.ok(ended?.error instanceof RangeError, String(ended?.error))
    else assert.equal(ended, undefined)
  } else if (leaving.how === 'break') {
    assert.equal(came, leaving.after)
    assert.equal(ended, undefined)
  } else if (leaving.how === 'cancel') {
    // Who cancels the run in its own loop expects no error there.
    assert.equal(ended, undefined)
    // After the last outcome there is nothing left to cancel.
  } else if (ended !== undefined) assert.equal(ended.error, 'enough')
  else assert.equal(came, expected)
}

/** Runs a scenario in each of the other ways of reading, and checks what they give. */
export async function checkReadings(
  map: MapFunction,
  scenario: Scenario,
  backend: BackendName,
  folder: (name: string) => string,
): Promise<void> {
  const acts = actsOf(scenario, folder('throw'))
  const expected = expectedOf(scenario, acts)
  const failures = expected.filter((one) => one.status === 'rejected')
  const options = optionsOf(scenario, backend)
  const inputs = (name: string): Iterable<Act> | AsyncIterable<Act> =>
    inputsOf(scenario, actsOf(scenario, folder(name)))

  const values: unknown[] = []
  const first = await (async () => {
    for await (const batch of map(inputs('throw'), act, options).batches()) values.push(...batch)
  })().then(
    () => undefined,
    (error: unknown) => error,
  )
  checkFirst(scenario, values, first, expected)

  const collected = await map(inputs('collect'), act, { ...options, onError: 'collect' }).then(
    (all) => all.length,
    (error: unknown) => error,
  )
  if (failures.length === 0) assert.equal(collected, expected.length)
  else {
    assert.ok(collected instanceof BatchError, String(collected))
    const records = collected.results.map((record) => seen(record as SettledRecord<Act>))
    assert.equal(records.length, expected.length)
    checkPart(scenario, records, expected)
    assert.equal(collected.errors.length, failures.length)
  }

  const replaced = await map(inputs('replace'), act, { ...options, onError: (error) => error.code })
  const wanted = expected.map((one) => (one.status === 'fulfilled' ? one.value : one.code))
  if (scenario.ordered) assert.deepStrictEqual(replaced, wanted)
  else assert.deepEqual(replaced.map(asText).toSorted(), wanted.map(asText).toSorted())
}

/** The first failure ends the run; before it come results, in order those of the inputs before it. */
function checkFirst(
  scenario: Scenario,
  values: readonly unknown[],
  error: unknown,
  expected: readonly Expected[],
): void {
  const fine = expected.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  if (fine.length === expected.length) {
    assert.equal(error, undefined)
    assert.equal(values.length, fine.length)
  } else {
    assert.ok(error instanceof TaskError, String(error))
    const failed = expected.find(({ index }) => index === error.task.index)
    assert.ok(failed?.status === 'rejected')
    assert.equal(error.code, failed.code)
  }
  if (scenario.ordered) assert.deepStrictEqual(values, fine.slice(0, values.length))
  else {
    const rest = fine.map(asText)
    for (const value of values) assert.ok(rest.splice(rest.indexOf(asText(value)), 1).length === 1)
    assert.equal(rest.length, fine.length - values.length)
  }
}

function asText(value: unknown): string {
  return JSON.stringify(value) ?? 'undefined'
}
