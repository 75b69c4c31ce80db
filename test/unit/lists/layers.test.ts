import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

interface Layer {
  readonly name: string
}

interface Layers {
  readonly LAYERS: readonly Layer[]
  readonly ROOMS: readonly Layer[]
  importsOf(layer: Layer): readonly string[]
  tableOf(architecture: string): readonly string[]
  problems(): readonly string[]
}

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const { LAYERS, ROOMS, importsOf, problems, tableOf } = (await import(join(root, 'scripts/layers.mjs'))) as Layers

const folder = mkdtempSync(join(tmpdir(), 'manyhands-layers-'))
after(() => rmSync(folder, { recursive: true }))

/** The files that the lint refuses an import of, in a tree of files that import one other each. */
function refused(imports: readonly (readonly [file: string, of: string])[]): readonly string[] {
  const tree = mkdtempSync(join(folder, 'tree-'))
  cpSync(join(root, '.oxlintrc.layers.json'), join(tree, '.oxlintrc.layers.json'))
  writeFileSync(join(tree, '.oxlintrc.json'), '{ "extends": ["./.oxlintrc.layers.json"] }')
  for (const [file, of] of imports) {
    const specifier = posix.relative(dirname(file), of)
    mkdirSync(join(tree, dirname(file)), { recursive: true })
    writeFileSync(join(tree, file), `export * from '${specifier.startsWith('.') ? specifier : `./${specifier}`}'\n`)
  }
  const said = lint(tree)
  return imports.map(([file]) => file).filter((file) => said.includes(`${file}:`))
}

/** What the lint says of two files that import only types of each other. */
function saidOfTypeCycle(): string {
  const tree = mkdtempSync(join(folder, 'cycle-'))
  const { rules } = JSON.parse(readFileSync(join(root, '.oxlintrc.json'), 'utf8')) as { rules: Record<string, unknown> }
  const config = { plugins: ['import'], rules: { 'import/no-cycle': rules['import/no-cycle'] } }
  writeFileSync(join(tree, '.oxlintrc.json'), JSON.stringify(config))
  writeFileSync(join(tree, 'a.ts'), "import type { B } from './b.ts'\nexport interface A { b: B }\n")
  writeFileSync(join(tree, 'b.ts'), "import type { A } from './a.ts'\nexport interface B { a: A }\n")
  return lint(tree)
}

function lint(tree: string): string {
  const bin = join(root, 'node_modules/oxlint/bin/oxlint')
  return spawnSync(process.execPath, [bin, '-f', 'unix'], { cwd: tree, encoding: 'utf8' }).stdout
}

/** A file of a layer, so many folders below it. */
function fileOf(name: string, below = 0): string {
  return name.endsWith('.ts') ? `src/${name}` : `src/${name}/${'deeper/'.repeat(below)}x.ts`
}

describe('layers of src/', () => {
  it('are those of the lint, of ARCHITECTURE.md and of the folders', () => {
    assert.deepEqual(problems(), [])
  })

  it('cannot be told in another order by ARCHITECTURE.md', () => {
    const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
    const names = LAYERS.map(({ name }) => name)
    assert.deepEqual(tableOf(text), names)
    assert.notDeepEqual(tableOf(text.replace('| `util/`', '| `utils/`')), names)
  })

  it('refuse each import of a layer that comes later, from files and folders alike', () => {
    const upward = LAYERS.flatMap(({ name }, at) =>
      LAYERS.slice(at + 1).map((later, i) => {
        const file = name.endsWith('.ts') ? `src/${name}` : fileOf(name, i % 3).replace('x.ts', `x${i}.ts`)
        return [file, fileOf(later.name)] as const
      }),
    ).filter(([file]) => !file.endsWith(`/compose.ts`) && !file.endsWith('/nats.ts') && !file.endsWith('/index.ts'))
    assert.deepEqual(
      refused(upward),
      upward.map(([file]) => file),
    )
    for (const name of ['compose.ts', 'nats.ts', 'index.ts'])
      assert.deepEqual(refused([[`src/${name}`, 'src/cli/x.ts']]), [`src/${name}`])
  })

  it('allow what the list allows, also to rooms inside of them', () => {
    const allowed = [...LAYERS, ...ROOMS].flatMap((layer) =>
      importsOf(layer).map((of, i) => {
        const file = layer.name.endsWith('.ts') ? layer.name : fileOf(layer.name, i % 2).slice(4)
        return [`src/${file.replace(/x\.ts$/, `x${i}.ts`)}`, fileOf(of.replace(/\/\*$/, ''))] as const
      }),
    )
    assert.deepEqual(refused(allowed), [])
  })

  it('allow no cycle, not even of types', () => {
    assert.match(saidOfTypeCycle(), /^a\.ts:.*cycle/m)
  })

  it('refuse a room what only the rest of its layer may import', () => {
    const forbidden = [
      ['src/backends/threads/x.ts', 'src/backends/processes/x.ts'],
      ['src/backends/nats/agent/x.ts', 'src/runtime/x.ts'],
      ['src/backends/serial/x.ts', 'src/pool/jobs/x.ts'],
      ['src/workflow/chain/x.ts', 'src/workflow/engine/x.ts'],
      ['src/pipeline/runner/x.ts', 'src/run/x.ts'],
      ['src/pool/backend/x.ts', 'src/pool/jobs/x.ts'],
      ['src/pool/jobs/x.ts', 'src/pool/scheduling/x.ts'],
      ['src/pool/workers/deeper/x.ts', 'src/pool/scheduling/x.ts'],
      ['src/pool/workers/x.ts', 'src/run/x.ts'],
    ] as const
    assert.deepEqual(
      refused(forbidden),
      forbidden.map(([file]) => file),
    )
  })
})
