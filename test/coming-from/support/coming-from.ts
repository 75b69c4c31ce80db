import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'

import { docExamples } from '../../e2e/support/doc-examples.js'
import { ROOT } from '../../e2e/support/package.js'
import { usePackage } from '../../e2e/support/project.js'

/** Facts about the other system, which its page must have. */
interface Facts {
  /** Names of its public API: each stands in the first column of a table. */
  readonly names: string
  /** Values that its own documentation gives for its examples. */
  readonly prints: readonly string[]
  /** The number of rows in the table of its own tests. */
  readonly tests?: number
}

/** Tests of a page of docs/coming-from: its examples, its tables, and the tests that it names. */
export function comingFrom(name: string, { names, prints, tests = 0 }: Facts): void {
  const page = readFileSync(join(ROOT, 'docs', 'coming-from', `${name}.md`), 'utf8')
  usePackage('library')
  docExamples(`coming-from/${name}.md`)

  describe(`docs/coming-from/${name}.md`, () => {
    it('has each name of the public API in a table', () => {
      const cells = [...(page.split('\n## Its own tests, here\n')[0] as string).matchAll(/^\| (.*?) \| /gm)]
        .map(([, cell = '']) => cell)
        .join('\n')
      const code = [...cells.matchAll(/`([^`]+)`/g)].map(([, text]) => text).join(' ')
      assert.deepEqual(
        names.split(/\s+/).filter((word) => !new RegExp(`(?<![\\w-])${literal(word)}(?!\\w)`).test(code)),
        [],
      )
    })

    it('has the values of the original documentation in the outputs of its examples', () => {
      const outputs = [...page.matchAll(/^```\n\n```\n([\s\S]*?)^```$/gm)].map(([, text]) => text).join('\n')
      assert.deepEqual(
        prints.filter((value) => !outputs.includes(value)),
        [],
      )
    })

    it('names tests that exist', () => {
      for (const { file, title } of namedTests(page)) {
        const source = readFileSync(join(ROOT, file), 'utf8')
        assert.ok(plain(source).includes(plain(title)), `${file}: ${title}`)
      }
    })

    it('has a test or a reason for each test of the other system', () => {
      const [, chapter = ''] = page.split('\n## Its own tests, here\n')
      const rows = chapter.split('\n').filter((line) => /^\| (?!---|its test)/.test(line))
      for (const row of rows) assert.match(row, /^\| \S.* \| \S.* \|$/)
      assert.ok(rows.length >= tests, `${rows.length} rows`)
    })
  })
}

/** Text as it stands in a regular expression. */
function literal(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}

/** The tests in "`file`: title" of a page. */
function namedTests(page: string): { file: string; title: string }[] {
  return [...page.matchAll(/`((?:test|src\/testing)\/[\w./-]+\.ts)`: ([^|;`]+)/g)].map(([, file = '', title = '']) => ({
    file,
    title: title.trim(),
  }))
}

/** Text without the marks of string literals. */
function plain(text: string): string {
  return text.replaceAll(/\\(?=')/g, '')
}
