import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

import { CaptureError, map } from 'manyhands'

import type { BackendName } from './on-each.js'

/** The file that refusals of these tests are about, as its author wrote it. */
const FILE = 'test/functions/refusals.test.ts'
const SOURCE = new URL(`../../../../${FILE}`, import.meta.url)

/**
 * The error that refuses to send a function; fails where it is sent, or where an input is read first.
 *
 * With `at`, the error must name the only line of the file that holds this text before the call itself.
 */
export async function refusal(
  fn: (...args: never[]) => unknown,
  backend: BackendName,
  at?: string,
): Promise<CaptureError> {
  let read = 0
  function* inputs(): Generator<never> {
    read++
    yield undefined as never
  }
  const error = await map(inputs(), fn, { backend }).then(
    () => assert.fail('the function was sent'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof CaptureError, String(error))
  assert.equal(read, 0, 'an input was read')
  assert.ok(error.message.includes(`"${error.variable}"`) && error.message.includes(error.place), error.message)
  if (at !== undefined) assert.equal(error.place, `${FILE}:${lineOf(at)}`)
  return error
}

function lineOf(text: string): number {
  const lines = readFileSync(SOURCE, 'utf8').split('\n')
  return lines.findIndex((line) => line.includes(text)) + 1
}
