import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { listing, variableLines } from '#manyhands/debug/controller/layout.js'

const plain = (_: string, text: string): string => text

describe('the lines around a place', () => {
  const lines = ['one', '\ttwo(\u001B[2J)', 'three', 'four']

  it('marks the place, below tabs too', () => {
    assert.deepEqual(listing({ lines, first: 0, line: 1, column: 1 }, 1, 80, plain), [
      '  1 │ one',
      '▶ 2 │   two(␛[2J)',
      '    │   ^',
      '  3 │ three',
    ])
  })

  it('are those of a part of a file', () => {
    assert.deepEqual(listing({ lines, first: 97, line: 100, column: 0 }, 1, 80, plain), [
      '  100 │ three',
      '▶ 101 │ four',
      '      │ ^',
    ])
  })

  it('are cut to the screen, so that the place can be seen', () => {
    const long = `${'a'.repeat(500)}!${'b'.repeat(500)}`
    const [marked = '', caret = ''] = listing({ lines: [long], first: 0, line: 0, column: 500 }, 1, 80, plain)
    assert.ok(marked.length <= 80 && marked.includes('…'))
    assert.equal(marked[caret.indexOf('^')], '!')
  })
})

describe('variables', () => {
  it('are aligned, a line each', () => {
    const variables = [
      { name: 'a', text: '1', captured: false },
      { name: 'long', text: 'x'.repeat(200), captured: true },
    ]
    const [first, second = ''] = variableLines(variables, 60, plain)
    assert.equal(first, '  a     1')
    assert.ok(second.startsWith('  long  xxx') && second.endsWith('…') && second.length <= 60)
  })
})
