import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { Scratch } from '#manyhands/testing/scratch.js'

import { withCluster } from './support/cluster.js'

const LIMIT = { timeout: 180_000 }
const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))
const TASKS = fileURLToPath(new URL('./tasks.js', import.meta.url))
const ROWS = 3_000

async function command(cwd: string, ...args: readonly string[]): Promise<{ code: number | null; err: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, stdio: ['ignore', 'ignore', 'pipe'] })
  let err = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, err }
}

/** Rows of a file, of which some are wrong, blank, or cannot be read. */
function rowAt(n: number): string {
  if (n % 700 === 3) return '{"n":'
  if (n % 500 === 7) return JSON.stringify({ n, fails: true })
  return n % 400 === 9 ? '' : JSON.stringify({ n, pad: 'x'.repeat(n % 300) })
}

describe('rows of a file on a cluster', () => {
  it(
    'rows have the outcomes that they have on one machine, and those that ended well are not run again',
    LIMIT,
    async () => {
      await withCluster(1, async ({ url }) => {
        using scratch = new Scratch()
        writeFileSync(scratch.file('rows.jsonl'), Array.from({ length: ROWS }, (_, n) => rowAt(n)).join('\n'))
        const args = ['run', `${TASKS}#checked`, '@rows.jsonl', '--retries', '1']
        const here = await command(scratch.folder, ...args, '-o', 'here.jsonl', '--log', 'here.log')
        const there = await command(scratch.folder, ...args, '-o', 'there.jsonl', '--log', 'there.log', '--on', url)
        assert.equal(there.code, here.code, there.err)
        const results = readFileSync(scratch.file('there.jsonl'), 'utf8')
        assert.equal(results, readFileSync(scratch.file('here.jsonl'), 'utf8'))
        assert.equal(results.trim().split('\n').length, ROWS - 5 - 6 - 8)
        const lines = readFileSync(scratch.file('rows.jsonl'), 'utf8').split('\n')
        writeFileSync(scratch.file('rows.jsonl'), lines.map((line) => line.replace(',"fails":true', '')).join('\n'))
        const again = await command(
          scratch.folder,
          ...args,
          '-o',
          'again.jsonl',
          '--log',
          'there.log',
          '--resume',
          '--on',
          url,
        )
        assert.match(again.err, /6 ok/)
      })
    },
  )
})
