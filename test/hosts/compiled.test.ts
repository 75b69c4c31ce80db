import assert from 'node:assert/strict'
import { test } from 'node:test'

import { runProject, valueIn } from './support/run-project.js'

const EXPECTED = [
  [5, 10, 1, 4, 7, [5, 6]],
  [1001, true, ['n'], 7],
  [true, 'no'],
  [30, 40, 30],
]

for (const main of ['babel.cjs', 'swc.cjs', 'typescript.cjs', 'typescript-es2021.cjs']) {
  test(`classes and async functions that were compiled for old engines keep their members: ${main}`, async () => {
    const shown = await runProject('compiled', [main])
    // Functions that replace themselves at their first call travel before and after it.
    for (const when of ['before', 'here', 'after']) assert.deepEqual(valueIn(shown, when), [EXPECTED], when)
  })
}

test('members that were replaced or defined later, and inheritance by hand, travel as they are', async () => {
  const shown = await runProject('compiled', ['members.cjs'])
  const here = valueIn(shown, 'here')
  assert.deepEqual(here, [
    [
      [101, 101, 33, 'by symbol'],
      [44, 5, 9, 8, 2, ''],
      ['hello', true, true],
      ['hi', 'hi', 'yo', true, 'of an object'],
      [true, 33, true],
      [2, true],
      [1, 4],
    ],
  ])
  for (const backend of ['serial', 'threads', 'processes']) assert.deepEqual(valueIn(shown, backend), here, backend)
  assert.match(shown.get('own symbol')?.message ?? '', /^cannot send "OfSymbol" .* it has a symbol as key/)
  assert.match(shown.get('hidden promise')?.message ?? '', /^cannot send "Hidden" .* Hidden\.later is a Promise/)
  assert.match(
    shown.get('keys that are sent')?.message ?? '',
    /^cannot send "secrets" .* a WeakMap whose keys are sent/,
  )
})
