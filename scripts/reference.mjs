// Writes docs/reference and docs/api.md from the declarations of the package: `npm run reference`. With `--check` it writes nothing,
// tells what would change, and ends with 1 if anything would. `--docs=FOLDER` stands for another folder than docs.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { readEntries } from './reference/entries.mjs'
import { referencePages } from './reference/pages.mjs'
import { apiReport } from './reference/report.mjs'

const { values } = parseArgs({
  options: { check: { type: 'boolean', default: false }, docs: { type: 'string', default: 'docs' } },
})
const FOLDER = join(values.docs, 'reference')
/** Lines of a page's change that are shown. */
const SHOWN = 40

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const read = readEntries()
const pages = new Map([[join(values.docs, 'api.md'), apiReport(read)]])
for (const [name, text] of referencePages(read)) pages.set(join(FOLDER, name), text)
const old = existsSync(FOLDER) ? readdirSync(FOLDER).map((name) => join(FOLDER, name)) : []
const gone = old.filter((file) => !pages.has(file))

if (values.check) check()
else {
  mkdirSync(FOLDER, { recursive: true })
  for (const file of gone) rmSync(file)
  for (const [file, text] of pages) writeFileSync(file, text)
}

function check() {
  const changes = [...pages].flatMap(([file, text]) => {
    const now = existsSync(file) ? readFileSync(file, 'utf8') : ''
    return now === text ? [] : [`${file}\n${difference(now, text)}`]
  })
  changes.push(...gone.map((file) => `${file}\n- the whole page`))
  if (changes.length === 0) return
  console.error(
    `${changes.join('\n')}\nThe public API or its doc comments have changed: run npm run reference, and look at what it changed.`,
  )
  process.exitCode = 1
}

/** The lines that only one of two texts has. */
function difference(before, after) {
  const [lost, came] = [before, after].map((text) => text.split('\n'))
  const [had, has] = [new Set(lost), new Set(came)]
  const lines = [
    ...lost.filter((line) => !has.has(line)).map((line) => `- ${line}`),
    ...came.filter((line) => !had.has(line)).map((line) => `+ ${line}`),
  ]
  const more = lines.length - SHOWN
  return (
    [...lines.slice(0, SHOWN), ...(more > 0 ? [`… and ${more} more lines`] : [])].join('\n') ||
    'The order of lines has changed.'
  )
}
