import { basename } from 'node:path'

import picomatch from 'picomatch'
import { expect, test } from 'vitest'

import { map } from '../helper/map.mjs'
import { double, Shape, TAU as tau, twice } from './shapes.ts'
import * as shapes from './shapes.ts'

const offset = 10

interface Options {
  readonly factor: number
}

const options: Options = { factor: 3 }

test('a closure of the test file', async () => {
  const local = 1
  expect(await map([1, 2], (x: number) => x * options.factor + offset + local)).toEqual([14, 17])
})

test('imported functions, by themselves and in closures', async () => {
  expect(await map([1, 2], double)).toEqual([2, 4])
  expect(await map([1], (x: number) => [double(x), twice(x), tau, shapes.TAU, new Shape().sides])).toEqual([
    [2, 4, 6.28, 6.28, 4],
  ])
})

test('functions of Node', async () => {
  expect(await map(['/a/b'], (file: string) => basename(file))).toEqual(['b'])
  expect(await map([16], Math.sqrt)).toEqual([4])
})

test('functions of a package', async () => {
  expect(await map(['a.ts', 'a.js'], (file: string) => picomatch('*.ts')(file))).toEqual([true, false])
  expect(await map(['*.ts'], picomatch.scan)).toMatchObject([{ isGlob: true }])
})

test('import.meta and dynamic imports', async () => {
  expect(await map([1], () => basename(import.meta.url))).toEqual(['map.test.ts'])
  expect(await map([1], async () => typeof (await import('node:os')).cpus)).toEqual(['function'])
})

test('what cannot travel is refused with the place in this file', async () => {
  let counter = 0
  await expect(map([1], () => counter++)).rejects.toThrow(/"counter" \(captured at map\.test\.ts:47\)/)
})

test('errors show the lines of this file', async () => {
  const failing = map([1], () => {
    throw new Error('boom')
  })
  await expect(failing).rejects.toMatchObject({ message: 'boom', stack: expect.stringMatching(/map\.test\.ts:52:/) })
})
