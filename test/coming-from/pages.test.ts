import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'

import { ROOT } from '../e2e/support/package.js'

const FOLDER = join(ROOT, 'docs', 'coming-from')
const pages = readdirSync(FOLDER).filter((name) => name !== 'README.md')

/** The anchor that GitHub makes of a heading. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-')
}

describe('docs/coming-from', () => {
  it('has each page in its table of pages, and a test file for each', () => {
    const readme = readFileSync(join(FOLDER, 'README.md'), 'utf8')
    const linked = [...readme.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, name]) => name)
    assert.deepEqual(linked.toSorted(), pages.toSorted())
    for (const name of pages)
      assert.ok(existsSync(join(ROOT, 'test', 'coming-from', name.replace('.md', '.test.ts'))), name)
  })

  it('says on each page what differs, and what is missing', () => {
    for (const name of pages) {
      const text = readFileSync(join(FOLDER, name), 'utf8')
      const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)
      for (const heading of ['Theirs → ours', 'What differs, and why', 'What manyhands adds, and what it lacks'])
        assert.ok(headings.includes(heading), `${name}: ${heading}`)
    }
  })

  for (const name of readdirSync(FOLDER))
    it(`has links that lead somewhere: ${name}`, () => {
      const text = readFileSync(join(FOLDER, name), 'utf8')
      for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
        const [path = '', anchor] = target.split('#')
        const file = join(FOLDER, path)
        assert.ok(existsSync(file), target)
        if (anchor === undefined) continue
        const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
          slug(heading),
        )
        assert.ok(headings.includes(anchor), target)
      }
    })
})
