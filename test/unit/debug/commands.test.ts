import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { parseCommand } from '#manyhands/debug/controller/commands.js'

describe('what is typed at the prompt', () => {
  for (const [typed, command, rest] of [
    ['up', 'up', ''],
    [' u 3 ', 'up', '3'],
    ['where all', 'where', 'all'],
    ['bt', 'where', ''],
    ['?', 'help', ''],
    ['p c', 'print', 'c'],
    ['print  a + b', 'print', 'a + b'],
    // A variable may be called like a command.
    ['up = 3', 'print', 'up = 3'],
    ['c.length', 'print', 'c.length'],
    ['list[0]', 'print', 'list[0]'],
    ['where are', 'print', 'where are'],
    ['retry()', 'print', 'retry()'],
    ['constructor', 'print', 'constructor'],
  ] as const) {
    it(`${typed} means ${command} ${rest}`, () => assert.deepEqual(parseCommand(typed), { command, rest }))
  }

  it('nothing means nothing', () => assert.equal(parseCommand('  '), undefined))
})
