import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { ROOT } from './support/package.js'

/** Compares the pages in a folder with the declarations of the package. */
function check(docs: string): { readonly status: number | null; readonly stderr: string } {
  const args = [join(ROOT, 'scripts', 'reference.mjs'), '--check', `--docs=${docs}`]
  return spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 300_000 })
}

test('docs/api.md and docs/reference tell of the public API as it is: else run npm run reference', () => {
  const { status, stderr } = check(join(ROOT, 'docs'))
  assert.equal(stderr, '')
  assert.equal(status, 0)
})

test('a change of the public API is shown with the command that writes it down', () => {
  const docs = mkdtempSync(join(tmpdir(), 'manyhands-reference-'))
  try {
    for (const name of ['api.md', 'reference']) cpSync(join(ROOT, 'docs', name), join(docs, name), { recursive: true })
    const report = readFileSync(join(docs, 'api.md'), 'utf8')
    assert.match(report, /^ {2}get dir\(\): string \| null;$/m)
    writeFileSync(join(docs, 'api.md'), report.replace('  get dir(): string | null;', '  get dir(): string;'))
    const { status, stderr } = check(docs)
    assert.equal(status, 1, stderr)
    assert.match(stderr, /^- {3}get dir\(\): string;$/m)
    assert.match(stderr, /^\+ {3}get dir\(\): string \| null;$/m)
    assert.match(stderr, /npm run reference/)
  } finally {
    rmSync(docs, { recursive: true })
  }
})

test('each public name has a doc comment', () => {
  const overview = readFileSync(join(ROOT, 'docs', 'reference', 'README.md'), 'utf8')
  const rows = overview.match(/^\| \[.*$/gm) ?? []
  assert.ok(rows.length > 150, `${rows.length} names`)
  assert.deepEqual(
    rows.filter((row) => /\| {2}\|$/.test(row)),
    [],
  )
})
