import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { transformSync } from 'esbuild'

import { Scratch } from '#manyhands/testing/scratch.js'

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))

/** The pieces of TypeScript in the page about the cache. */
function examples(): string[] {
  const page = readFileSync(`${ROOT}/docs/cache.md`, 'utf8')
  return [...page.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1] as string)
}

/** What is said to be printed: a comment behind a line that prints. */
function promised(example: string): string[] {
  return [...example.matchAll(/\) \/\/ ([\d ]+)(?:,.*)?$/gm)].map((match) => (match[1] as string).trim())
}

describe('the examples of docs/cache.md', () => {
  for (const [i, example] of examples().entries()) {
    it(`compile, run, and print what they say: ${i + 1}`, { timeout: 60_000 }, () => {
      using scratch = new Scratch()
      writeFileSync(scratch.file('package.json'), '{ "type": "module" }')
      mkdirSync(scratch.file('node_modules'))
      symlinkSync(ROOT, scratch.file('node_modules/manyhands'))
      symlinkSync(`${ROOT}/node_modules/@types`, scratch.file('node_modules/@types'))
      writeFileSync(scratch.file('example.ts'), example)
      const config = {
        extends: `${ROOT}/tsconfig.json`,
        compilerOptions: { noEmit: true, rootDir: '.', types: ['node'] },
      }
      writeFileSync(scratch.file('tsconfig.json'), JSON.stringify({ ...config, include: [], files: ['example.ts'] }))
      const tsc = `${ROOT}/node_modules/typescript/bin/tsc`
      execFileSync(process.execPath, [tsc, '-p', scratch.file('tsconfig.json')], { stdio: 'inherit' })
      writeFileSync(scratch.file('example.mjs'), transformSync(example, { loader: 'ts' }).code)
      const options = { cwd: scratch.folder, encoding: 'utf8' } as const
      const output = execFileSync(process.execPath, ['example.mjs'], options)
      for (const line of promised(example)) assert.ok(output.includes(`${line}\n`), `${line} is not in\n${output}`)
    })
  }
})
