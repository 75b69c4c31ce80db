import assert from 'node:assert/strict'
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { pathToFileURL } from 'node:url'

import { capture } from '#manyhands/task/capture/capture.js'

import { callInWorker } from './support/round-trip.js'

type Task = (x: number) => unknown

/** Every part that the engine finds by its line: a closure, a method, a class, and rewritten text over several lines. */
const LINES = [
  'const base = 2',
  'const add = (x) => {',
  "  if (x < 0) throw new Error('negative')",
  '  return x + base',
  '}',
  'class Box {',
  '  get two() { return base }',
  '  static of() { return new Box() }',
  '}',
  'const tools = { add(x) { return x + Box.of().two },',
  '  [`a',
  'b`](x) { return x + base } }',
]

const ENDS = {
  '\\n': '\n',
  '\\r\\n': '\r\n',
  '\\r': '\r',
  'U+2028': '\u2028',
  'U+2029': '\u2029',
}

suite('functions of a file whose lines end with', () => {
  let folder = ''
  before(async () => void (folder = await mkdtemp(join(tmpdir(), 'manyhands-lines-'))))
  after(async () => rm(folder, { recursive: true, force: true }))

  for (const [name, end] of Object.entries(ENDS)) {
    for (const type of ['mjs', 'cjs'] as const) {
      for (const start of ['', '\uFEFF', `#!/usr/bin/env node${end}`]) {
        const head = start === '' ? '' : start === '\uFEFF' ? ', after a byte order mark' : ', after a hashbang'
        test(`${name} are sent, and throw at their own line (.${type}${head})`, async () => {
          const tail = type === 'mjs' ? 'export const all = [add, tools]' : 'exports.all = [add, tools]'
          const path = join(folder, `${name.replaceAll('\\', '')}-${start.length}.${type}`)
          await writeFile(path, start + [...LINES, tail, ''].join(end))
          // The script of an older file is found by its text alone.
          if (start === '') await utimes(path, 1, 1)
          const all = type === 'mjs' ? ((await import(pathToFileURL(path).href)) as object) : createRequire(path)(path)
          const [add, tools] = (all as { all: [Task, Record<string, Task>] }).all
          for (const fn of [add, ...Object.values(tools)]) assert.equal(await callInWorker(await capture([fn]), [1]), 3)
          const line = LINES.findIndex((one) => one.includes('negative')) + (start.startsWith('#') ? 2 : 1)
          await assert.rejects(callInWorker(await capture([add]), [-1]), (error: Error) => {
            assert.match(error.stack ?? '', new RegExp(`${type}:${line}:\\d+`))
            return true
          })
        })
      }
    }
  }
})
