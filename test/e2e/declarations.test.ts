import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'

import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'

import { packageFile, ROOT } from './support/package.js'
import { endedWith, inProject, usePackage } from './support/project.js'

usePackage('library')

/** The compilers: of this repository, and the last one that resolves modules as Node 10 does. */
const TYPESCRIPT = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
const TYPESCRIPT_6 = join(ROOT, 'node_modules', '@typescript', 'typescript6', 'bin', 'tsc6')

const MODES = [
  { moduleResolution: 'node10', module: 'commonjs', compiler: TYPESCRIPT_6, more: { ignoreDeprecations: '6.0' } },
  { moduleResolution: 'node16', module: 'node16', compiler: TYPESCRIPT, more: {} },
  { moduleResolution: 'nodenext', module: 'nodenext', compiler: TYPESCRIPT, more: {} },
  { moduleResolution: 'bundler', module: 'esnext', compiler: TYPESCRIPT, more: {} },
]
const LIBRARIES = [
  { title: 'with @types/node', types: ['node'], lib: ['es2022'] },
  { title: 'without @types/node', types: [], lib: ['es2022', 'dom'] },
]

for (const { moduleResolution, module, compiler, more } of MODES) {
  for (const { title, types, lib } of LIBRARIES) {
    inProject(`the declarations compile, resolved as ${moduleResolution}, ${title}`, async (project) => {
      const compilerOptions = {
        ...more,
        module,
        moduleResolution,
        target: 'es2022',
        lib,
        strict: true,
        exactOptionalPropertyTypes: true,
        noEmit: true,
        // The declarations of the package itself are checked too.
        skipLibCheck: false,
        typeRoots: [join(ROOT, 'node_modules', '@types')],
        types,
      }
      await project.write('package.json', JSON.stringify({ type: module === 'commonjs' ? 'commonjs' : 'module' }))
      await project.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['types.ts'] }))
      endedWith(await project.command(process.execPath, [compiler, '-p', '.']).ended, 0)
    })
  }
}

inProject('the declarations compile with neither @types/node nor the library dom', async (project) => {
  const compilerOptions = {
    module: 'node16',
    target: 'es2022',
    lib: ['es2022'],
    types: [],
    strict: true,
    noEmit: true,
    skipLibCheck: false,
  }
  await project.write('package.json', '{ "type": "module" }')
  await project.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['bare.ts'] }))
  const entries = ['', '/pipeline', '/workflow', '/cache', '/files', '/report', '/telemetry', '/nats', '/testing']
  await project.write('bare.ts', entries.map((entry) => `export * from 'manyhands${entry}'\n`).join(''))
  endedWith(await project.command(process.execPath, [TYPESCRIPT, '-p', '.']).ended, 0)
})

test('the package has one file of declarations for each entry, and one that they share', async () => {
  const files = createPackageFromTarballData(new Uint8Array(await readFile(await packageFile()))).listFiles()
  const entries = [
    'cache/index',
    'files/index',
    'index',
    'nats',
    'pipeline/index',
    'report/index',
    'telemetry/index',
    'testing/index',
    'workflow/index',
  ]
  assert.deepEqual(
    files.filter((file) => /\.d\.[cm]?ts/.test(file)).toSorted(),
    [...entries, 'types'].map((name) => `/node_modules/manyhands/dist/${name}.d.ts`).toSorted(),
  )
})

test('doc comments are in the bundled declarations', async () => {
  const text = await readFile(join(ROOT, 'dist', 'types.d.ts'), 'utf8')
  for (const declaration of ['class Pool ', 'class Results<', 'declare const map: ', 'interface RunOptions']) {
    const at = text.indexOf(declaration)
    assert.ok(at > 0, declaration)
    assert.match(text.slice(0, at), /\*\/\n(export |declare )?(abstract )?$/, declaration)
  }
  assert.match(text, / \* @example\n/)
})

test('publint and attw find nothing in the packed package', async () => {
  const file = new Uint8Array(await readFile(await packageFile()))
  const { messages } = await publint({ pack: { tarball: file.buffer }, strict: true })
  assert.deepEqual(messages, [])
  const analysis = await checkPackage(createPackageFromTarballData(file))
  assert.ok(analysis.types)
  // Every Node that runs this package can `require` modules.
  assert.deepEqual(
    analysis.problems.filter(({ kind }) => kind !== 'CJSResolvesToESM'),
    [],
  )
})
