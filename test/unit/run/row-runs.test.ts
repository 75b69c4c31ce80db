import assert from 'node:assert/strict'
import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'

import { openRowFile, readOptionsFor } from '#manyhands/files/open-row-file.js'
import { RowFiles } from '#manyhands/files/row-files.js'
import { map } from '#manyhands/map/map.js'
import '#manyhands/compose.js'

const BACKENDS = ['serial', 'threads', 'processes'] as const

describe('runs over rows of files', () => {
  let folder = ''
  let made = 0
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'manyhands-row-runs-'))
  })
  after(() => rm(folder, { recursive: true }))

  async function rowsOf(text: string | Buffer, name = `${++made}.jsonl`): Promise<RowFiles> {
    const path = join(folder, name)
    await writeFile(path, text)
    return new RowFiles([await openRowFile(path, readOptionsFor(path, { warn: () => {} }))])
  }

  for (const backend of BACKENDS) {
    it(`a row that is skipped takes no success of an equal one from the journal: ${backend}`, async () => {
      const text = '1\n1\n2\n'
      const skip = (_: unknown, index: number): boolean => index === 0
      const options = { backend, skip, journal: join(folder, `skips-${backend}.jsonl`) }
      assert.deepEqual(await map(await rowsOf(text), (x) => Number(x) * 2, options), [2, 4])
      assert.deepEqual(await map(await rowsOf(text), (x) => Number(x) * 2, options), [])
    })

    it(`the rows before one for which skip throws have outcomes: ${backend}`, async () => {
      const rows = await rowsOf(Array.from({ length: 50 }, (_, i) => `${i}\n`).join(''))
      const skip = (_: unknown, index: number): boolean => {
        if (index === 30) throw new RangeError('no answer')
        return index % 10 !== 0
      }
      const came: unknown[] = []
      await assert.rejects(
        async () => {
          for await (const value of map(rows, (x) => Number(x) * 2, { backend, skip })) came.push(value)
        },
        { name: 'RangeError', message: 'no answer' },
      )
      assert.deepEqual(came, [0, 20, 40])
    })

    it(`a task that takes none of its row but text gets what spread expects, or fails: ${backend}`, async () => {
      const results = await map(await rowsOf('[1,2]\n"ab"\n{"a":1}\n[]\n'), (...args: unknown[]) => args.length, {
        backend,
        spread: true,
        onError: (error: Error) => String(error.cause),
      } as never)
      assert.deepEqual(results, [
        2,
        'TypeError: spread: expected each input to be an array of arguments, got a string',
        'TypeError: spread: expected each input to be an array of arguments, got an object',
        0,
      ])
    })
  }

  it('a mask must be as long as the rows', async () => {
    const text = '1\n2\n3\n'
    const run = async (skip: boolean[]): Promise<unknown[]> => {
      const came: unknown[] = []
      try {
        for await (const value of map(await rowsOf(text), (x) => x, { backend: 'threads', skip })) came.push(value)
      } catch (error) {
        came.push((error as Error).message)
      }
      return came
    }
    assert.deepEqual(await run([false, true, false]), [1, 3])
    for (const [skip, got] of [
      [[true, false], '2 booleans for more inputs.'],
      [[true, false, true, true], '4 booleans for 3 inputs.'],
    ] as const)
      assert.deepEqual(await run([...skip]), [2, `skip: expected an array as long as the inputs, got ${got}`])
  })

  it('a file that grows while it is read has more rows', async () => {
    const name = 'grows.jsonl'
    const lines = longLines()
    const rows = await rowsOf(textOf(lines), name)
    const came: unknown[] = []
    for await (const value of map(rows, (x) => x, { backend: 'threads', workers: 1, window: 100 }))
      if (came.push(value) === 1) await appendFile(join(folder, name), '"new"\n')
    assert.deepEqual(came, [...lines, 'new'])
  })

  it('a file that shrinks while it is read has fewer rows, and one that cannot be read where it was cut', async () => {
    const name = 'shrinks.jsonl'
    const lines = longLines()
    const rows = await rowsOf(textOf(lines), name)
    const came: unknown[] = []
    const errors: Error[] = []
    const onError = (error: Error): number => errors.push(error)
    for await (const value of map(rows, (x) => x, { backend: 'threads', workers: 1, window: 100, onError }))
      if (came.push(value) === 1) await truncate(join(folder, name), 0)
    const cut = came.pop()
    assert.equal(cut, 1)
    assert.ok(came.length > 1_000 && came.length < lines.length, `${came.length} rows`)
    assert.deepEqual(came, lines.slice(0, came.length))
    const place = new RegExp(`shrinks\\.jsonl:${came.length + 1}: not JSON`)
    assert.match(String(errors[0]?.message), place)
  })
})

/** More than is read ahead. */
function longLines(): string[] {
  return Array.from({ length: 60_000 }, (_, i) => String(i).padEnd(100, '.'))
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `"${line}"\n`).join('')
}
