import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'

import type { ModuleLoadError } from '#manyhands/errors/worker-errors.js'
import { importModule } from '#manyhands/runtime/revive/import-module.js'
import { revive } from '#manyhands/runtime/revive/revive.js'
import type { PortableGraph } from '#manyhands/wire/protocol/portable.js'

const several = new URL('./fixtures/broken/several.js', import.meta.url).href

function graphOf(url: string, name: string): PortableGraph {
  const values = { value: [], specials: undefined, bytes: 0 }
  return { roots: [0], functions: [{ kind: 'export', url, name }], modules: [], values }
}

async function failure(promise: Promise<unknown>): Promise<ModuleLoadError> {
  return promise.then(
    () => assert.fail('it did not fail'),
    (error: unknown) => error as ModuleLoadError,
  )
}

test('an export that does not exist', async () => {
  const error = await failure(revive(graphOf(several, 'resise')))
  assert.equal(error.code, 'MH_MODULE_LOAD')
  assert.match(
    error.message,
    /several\.js has no export "resise"\. Did you mean "resize"\? Its functions: .*crop.*resize/,
  )
  assert.deepEqual([...error.exports].toSorted(), ['crop', 'resize'])
  assert.equal(error.exportName, 'resise')
})

test('an export that is no function', async () => {
  const error = await failure(revive(graphOf(several, 'level')))
  assert.match(error.message, /exports "level", which is not a function/)
})

test('inherited names are no exports', async () => {
  for (const name of ['toString', '__proto__', 'constructor', 'hasOwnProperty', 'then']) {
    const error = await failure(revive(graphOf(several, name)))
    assert.equal(error.code, 'MH_MODULE_LOAD')
    assert.equal(error.exportName, name)
  }
})

test('a module that does not exist, that throws, and that cannot be parsed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'modules-'))
  try {
    await writeFile(join(folder, 'syntax.mjs'), 'export const = 1')
    const url = (name: string): string => pathToFileURL(join(folder, name)).href
    const missing = await failure(importModule(url('missing.mjs')))
    assert.equal(missing.code, 'MH_MODULE_LOAD')
    assert.equal((missing.cause as { code?: string }).code, 'ERR_MODULE_NOT_FOUND')
    const syntax = await failure(importModule(url('syntax.mjs')))
    assert.ok(syntax.cause instanceof SyntaxError)
    const throws = await failure(importModule(new URL('./fixtures/broken/throws.js', import.meta.url).href))
    assert.ok(throws.cause instanceof RangeError)
    assert.match(throws.message, /throws\.js: RangeError: at load$/)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('TypeScript that Node cannot run goes through tsx, or says what to do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'typescript-'))
  try {
    const file = join(folder, 'tasks.ts')
    await writeFile(file, 'export enum Level { Low = 1 }\nexport const f = (x: number): number => x + Level.Low\n')
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    const error = await failure(importModule(pathToFileURL(file).href))
    assert.match(error.message, /tasks\.ts: Node .* cannot run this TypeScript; install tsx/)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a module of Node and of a package', async () => {
  assert.equal(typeof (await importModule('node:path'))['basename'], 'function')
  assert.equal(typeof (await importModule('acorn', { from: import.meta.url }))['parse'], 'function')
})

test('importing in a worker prints no warning about how it is done', () => {
  const script = `
    import { importModule } from '#manyhands/runtime/revive/import-module.js'
    await importModule('node:path')
    console.log('done')
  `
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  assert.equal(stderr, '')
  assert.equal(stdout.trim(), 'done')
})
