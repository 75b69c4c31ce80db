import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { ROOT } from './support/package.js'
import { endedWith, inProject, usePackage } from './support/project.js'

usePackage('library')

const BLOCK = /^```ts\n((?:(?!```).*\n)*)```$/gm
/** What examples import of the reader's own code. */
const TASKS = 'export const resize = (file: string): number => file.length\n'
const COMPILER_OPTIONS = {
  module: 'nodenext',
  target: 'es2023',
  lib: ['es2023', 'esnext.disposable'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  typeRoots: [join(ROOT, 'node_modules', '@types')],
  types: ['node'],
}

/** Pages with programs, or files: not the list of the public API. */
function pages(): string[] {
  return readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md') && name !== 'api.md')
}

inProject('the examples of all pages compile', async (project) => {
  const files = ['tasks.ts']
  await project.write('package.json', '{ "type": "module" }')
  await project.write('tasks.ts', TASKS)
  for (const page of pages()) {
    const text = readFileSync(join(ROOT, 'docs', page), 'utf8')
    for (const [i, [, code = '']] of [...text.matchAll(BLOCK)].entries()) {
      // A compiler's message names the page and the block.
      const file = `${page.replaceAll(/\W/g, '-')}-${i + 1}.ts`
      files.push(file)
      await project.write(file, `${code}export {}\n`)
    }
  }
  assert.ok(files.length > 25, `${files.length} blocks`)
  await project.write('tsconfig.json', JSON.stringify({ compilerOptions: COMPILER_OPTIONS, files }))
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  endedWith(await project.command(process.execPath, [compiler, '-p', '.']).ended, 0)
})
