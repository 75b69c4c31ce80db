import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { DataFileError } from '#manyhands/errors/file-errors.js'
import type { RowFormatName } from '#manyhands/rows/cut/row-cutter.js'

import { cut, valuesIn, waysToCut } from './support.js'

type Case = readonly [what: string, format: RowFormatName, text: string | Buffer, inputs: unknown[]]

/** The byte that no UTF-8 holds. */
const BAD = Buffer.from([0xff])
const withBad = (before: string, after: string): Buffer => Buffer.concat([Buffer.from(before), BAD, Buffer.from(after)])

const CASES: readonly Case[] = [
  ['nothing', 'lines', '', []],
  ['lines as they are', 'lines', 'a\r\n\n b \nc"\rd', ['a', '', ' b ', 'c"\rd']],
  ['a byte order mark is no text', 'lines', '\uFEFFé\n\uFEFF\n', ['é', '\uFEFF']],
  ['lines that are not UTF-8', 'lines', withBad('é\n', 'x\n\uFFFD\n'), ['é', '\uFFFDx', '\uFFFD']],
  ['records that end with NUL', 'null', 'a\nb\r\0\0ü', ['a\nb\r', '', 'ü']],
  ['JSON Lines', 'jsonl', '\uFEFF{"a":[1]}\r\n\n \nnull\n"é"', [{ a: [1] }, null, 'é']],
  ['a key __proto__ in JSON', 'jsonl', '{"__proto__":{"x":1}}', [JSON.parse('{"__proto__":{"x":1}}')]],
  ['a line that is not UTF-8', 'jsonl', withBad('1\n"', '"\n"\uFFFD"\n'), [1, 'in:2: not UTF-8', '\uFFFD']],
  ['nothing at all', 'csv', '', []],
  ['a header alone', 'csv', 'a,b\r\n', []],
  ['values stay texts', 'csv', 'a,b,c\n007,1e3,\n true,,x ', [row('007', '1e3', ''), row(' true', '', 'x ')]],
  ['ends of lines are \\r\\n', 'csv', '\uFEFFa,b\r\n1,2\r\n"3","4"\r\n', [row('1', '2'), row('3', '4')]],
  ['quotes', 'csv', '"a",b\n"1,""x""",2\n"","\r\n\n"\n', [row('1,"x"', '2'), row('', '\r\n\n')]],
  ['quotes at the end', 'csv', 'a,b\n1,"2"', [row('1', '2')]],
  ['quotes within a field are text', 'csv', 'a,b\n5" pipe,x"y"\n', [row('5" pipe', 'x"y"')]],
  ['blank lines', 'csv', '\na,b\n\n\r\n1,2\n\n"3",4\n\n', [row('1', '2'), row('3', '4')]],
  ['an empty value alone', 'csv', 'a\n""\n\nx\n', [row(''), row('x')]],
  [
    'too few and too many fields',
    'csv',
    'a,b\n1\n\n1,2,3\n"1\n",2\n"x"\n3,4\n',
    [
      'in:2: 1 field, the header has 2',
      'in:4: 3 fields, the header has 2',
      row('1\n', '2'),
      'in:7: 1 field, the header has 2',
      row('3', '4'),
    ],
  ],
  [
    'an open quote costs its line',
    'csv',
    'a,b\n1,"open\n3,4\n5,"6"\n',
    ['in:2: field 2: its quote is not closed', row('3', '4'), row('5', '6')],
  ],
  [
    'an open quote without another one',
    'csv',
    'a,b\n1,2\n"open,\n5,6\n7,8',
    [row('1', '2'), 'in:3: field 1: its quote is not closed', row('5', '6'), row('7', '8')],
  ],
  [
    'text after quotes',
    'csv',
    'a,b\n"1"x,2\n"3" ,4\n5,6\n',
    [
      'in:2: field 1: there is text after its closing quote',
      'in:3: field 1: there is text after its closing quote',
      row('5', '6'),
    ],
  ],
  [
    'rows that are not UTF-8',
    'csv',
    withBad('a,b\n1,\uFFFD\n2,"x\n', '"\n3,4\n\uFFFD,5\n'),
    [row('1', '\uFFFD'), 'in:3: not UTF-8', row('3', '4'), row('\uFFFD', '5')],
  ],
  [
    'names of every kind',
    'csv',
    'constructor,__proto__,10, b\n1,2,3,4\n',
    [JSON.parse('{"constructor":"1","__proto__":"2","10":"3"," b":"4"}')],
  ],
  ['tabs', 'tsv', 'a\tb\r\n1,2\t x \n"3\t\n"\t4"\n', [row('1,2', ' x '), row('3\t\n', '4"')]],
]

function row(...values: string[]): Record<string, string> {
  return Object.fromEntries(values.map((value, index) => ['abc'[index], value]))
}

describe('formats of rows, however the bytes come', () => {
  for (const [what, format, text, inputs] of CASES) {
    it(`${format}: ${what}`, () => {
      for (const pieces of waysToCut(Buffer.from(text)))
        assert.deepEqual(
          valuesIn(cut(format, pieces)),
          inputs,
          `in pieces of ${pieces.map(({ length }) => length).join(' and ')}`,
        )
    })
  }

  it('what is not JSON fails alone, with its line', () => {
    const [first, second, third] = valuesIn(cut('jsonl', [Buffer.from('1\n{oops\n\n2')]))
    assert.equal(first, 1)
    assert.match(String(second), /^in:2: not JSON: \S/)
    assert.equal(third, 2)
  })

  it('an open quote does not take all of a large file', () => {
    const filler = Buffer.from('3,4\n'.repeat(2 ** 16))
    const pieces = [Buffer.from('a,b\n1,"2\n'), ...Array.from({ length: 70 }, () => filler)]
    const inputs = valuesIn(cut('csv', pieces))
    assert.equal(inputs[0], 'in:2: field 2: its quote is not closed')
    assert.equal(inputs.length, 1 + 70 * 2 ** 16)
    assert.deepEqual(inputs.at(-1), row('3', '4'))
  })

  it('objects of rows are plain', () => {
    const [made] = valuesIn(cut('csv', [Buffer.from('__proto__\nx\n')])) as object[]
    assert.equal(Object.getPrototypeOf(made), Object.prototype)
    assert.deepEqual(Object.entries(made as object), [['__proto__', 'x']])
  })
})

describe('headers', () => {
  for (const [what, text, message] of [
    ['a name twice', 'a,b,a\n', 'in:1: columns 1 and 3 are both called "a"; each needs a name of its own'],
    ['no name', '\na, \n', 'in:2: column 2 has no name; the first row must name all columns'],
    ['no name at the end', 'a,b,', 'in:1: column 3 has no name; the first row must name all columns'],
    ['an open quote', 'a,"b\n1,2\n', 'in:1: the header cannot be read: field 2: its quote is not closed'],
    ['not UTF-8', withBad('a,', '\n'), 'in:1: the header cannot be read: not UTF-8'],
  ] as const) {
    it(`headers are refused: ${what}`, () => {
      for (const pieces of waysToCut(Buffer.from(text)))
        assert.throws(
          () => cut('csv', pieces),
          (error) => error instanceof DataFileError && error.file === 'in' && error.message === message,
        )
    })
  }
})
