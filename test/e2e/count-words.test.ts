import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { type Counts, countWords, textFiles, wordCounts } from '../../examples/count-words.js'

const modules = join(fileURLToPath(new URL('../../../', import.meta.url)), 'node_modules')

/** What one thread counts. */
async function inLoop(files: readonly string[]): Promise<Counts> {
  const counts = await wordCounts.initial()
  for (const file of files) await wordCounts.add(counts, file)
  return counts
}

describe('the example that counts the words of all files in node_modules', () => {
  const files = textFiles(modules)
  let expected: Counts | undefined

  for (const backend of ['threads', 'processes'] as const) {
    it(`finds what a loop finds: ${backend}`, async () => {
      assert.ok(files.length > 1_000, String(files.length))
      assert.ok(files.some((file) => statSync(file).size > 1_000_000))
      expected ??= await inLoop(files)
      assert.ok(expected.size > 10_000)
      const counts = await countWords(files, { backend, workers: 2 })
      assert.equal(counts.size, expected.size)
      for (const [word, count] of expected) assert.equal(counts.get(word), count, word)
    })
  }
})
