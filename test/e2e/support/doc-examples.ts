import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { ROOT } from './package.js'
import { endedWith, inProject } from './project.js'

/** A block of code in a page, and what the page says that it prints. */
interface Example {
  readonly code: string
  readonly output: string
}

const BLOCK = /^```ts\n((?:(?!```).*\n)*)```\n\n```\n([\s\S]*?)^```$/gm

/** A file, which says its name: it is only compiled. */
const FILE = /^```ts\n(\/\/ (\S+\.ts)\n(?:(?!```).*\n)*)```$/gm

const COMPILER_OPTIONS = {
  module: 'nodenext',
  target: 'es2023',
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  outDir: 'out',
  typeRoots: [join(ROOT, 'node_modules', '@types')],
  types: ['node'],
}

/** Tests of a page's examples: they compile, run without a word on stderr, and print what stands below them. */
export function docExamples(page: string): void {
  inProject(`${page}: its examples`, async (project) => {
    const text = await readFile(join(ROOT, 'docs', page), 'utf8')
    const examples = [...text.matchAll(BLOCK)].map(([, code = '', output = '']): Example => ({ code, output }))
    const sources = [...text.matchAll(FILE)].map(([, code = '', name = '']) => ({ name, code }))
    const blocks = text.match(/^```ts$/gm)?.length ?? 0
    assert.ok(
      examples.length > 0 && examples.length + sources.length === blocks,
      'each example has its output below, or is a file with a name',
    )
    const files = [...examples.map((_, i) => `example-${i + 1}.ts`), ...sources.map(({ name }) => name)]
    await project.write('package.json', '{ "type": "module" }')
    await project.write('tsconfig.json', JSON.stringify({ compilerOptions: COMPILER_OPTIONS, files }))
    for (const [i, { code }] of examples.entries()) await project.write(files[i] as string, code)
    for (const { name, code } of sources) await project.write(name, code)
    const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
    endedWith(await project.command(process.execPath, [compiler, '-p', '.']).ended, 0)
    for (const [i, { output }] of examples.entries()) {
      const ended = await project.command(process.execPath, [join('out', `example-${i + 1}.js`)]).ended
      endedWith(ended, 0)
      assert.equal(ended.stderr, '')
      assert.equal(ended.stdout, output)
    }
  })
}
