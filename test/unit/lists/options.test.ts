import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import type { ProgressBarOptions } from '#manyhands/progress/progress-option.js'
import { REDUCE_CHECKS } from '#manyhands/reduce/reduce-options.js'
import { CALL_CHECKS } from '#manyhands/settings/call-options.js'
import { setDefaults } from '#manyhands/settings/defaults.js'
import { POOL_CHECKS, POOL_DEFAULTS } from '#manyhands/settings/pool-settings.js'
import { MAP_CHECKS, OF_ONE_RUN, RUN_CHECKS, RUN_DEFAULTS } from '#manyhands/settings/run-settings.js'
import type { RetryOptions } from '#manyhands/task/failure-policy.js'
import { POLICY_CHECKS } from '#manyhands/task/failure-policy.js'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const page = readFileSync(join(root, 'docs/options.md'), 'utf8')

/** The first two columns of the first table after a text. */
function tableAfter(text: string): Map<string, string> {
  const table = page.split(text)[1]?.split('| option | default | meaning |\n|---|---|---|\n')[1]?.split('\n\n')[0]
  const rows = table?.split('\n').map((row) => row.split(' | ').map((cell) => cell.replace(/^\| /, '')))
  return new Map(rows?.map(([name = '', usual = '']) => [name.replaceAll('`', ''), usual]))
}

/** The `@defaultValue` of each option of an interface, as its source says it; undefined for an option without one. */
function declared(file: string, name: string): Map<string, string | undefined> {
  const source = readFileSync(join(root, 'src', file), 'utf8')
  const body = source.split(new RegExp(`export interface ${name}\\b`))[1]?.split('\n}\n')[0] ?? ''
  const members = body.matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\s*readonly (\w+)\??:/gs)
  return new Map(
    [...members].map(([, comment = '', option = '']) => [
      option,
      /@defaultValue\s(.*)$/m.exec(comment.trim())?.[1]?.trim(),
    ]),
  )
}

/** A default as a page and a doc comment write it: code between backticks, or words. */
function asWritten(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  return Number.isFinite(value) ? (value as number).toLocaleString('en').replaceAll(',', '_') : String(value)
}

const OPTIONS = [
  {
    whose: 'map and execute',
    documented: tableAfter('## map, execute'),
    checks: RUN_CHECKS,
    defaults: RUN_DEFAULTS,
    sources: [declared('settings/run-options.ts', 'RunOptions'), declared('task/failure-policy.ts', 'PolicyOptions')],
  },
  {
    whose: 'map alone',
    documented: tableAfter('Only `map` has these'),
    checks: Object.fromEntries(Object.entries(MAP_CHECKS).filter(([name]) => !Object.hasOwn(RUN_CHECKS, name))),
    defaults: {},
    sources: [declared('settings/run-options.ts', 'MapOptions')],
  },
  {
    whose: 'reduce alone',
    documented: tableAfter('`reduce` has those of `map`'),
    checks: { grain: REDUCE_CHECKS.grain, onError: REDUCE_CHECKS.onError },
    defaults: { onError: 'throw' },
    sources: [declared('reduce/reduce-options.ts', 'ReduceOptions')],
  },
  {
    whose: 'a pool',
    documented: tableAfter('## Pool'),
    checks: POOL_CHECKS,
    defaults: POOL_DEFAULTS,
    sources: [declared('settings/pool-settings.ts', 'PoolOptions')],
  },
] as const

for (const { whose, documented, checks, defaults, sources } of OPTIONS) {
  describe(`the options of ${whose}`, () => {
    const source = new Map(sources.flatMap((members) => [...members]))
    const names = Object.keys(checks).toSorted()

    it('are those of docs/options.md', () => {
      assert.deepEqual([...documented.keys()].toSorted(), names)
    })

    it('have a doc comment each', () => {
      assert.deepEqual([...source.keys()].toSorted(), names)
    })

    it('have one default, in the doc comment, docs/options.md and the code', () => {
      const plain = (text: string | undefined): string | undefined => text?.replaceAll('`', '')
      const told = Object.fromEntries(names.map((name) => [name, plain(documented.get(name))]))
      assert.deepEqual(Object.fromEntries(names.map((name) => [name, plain(source.get(name)) ?? 'none'])), told)
      for (const [name, value] of Object.entries(defaults)) assert.equal(told[name], asWritten(value), name)
    })
  })
}

describe('options that are objects', () => {
  it('are told whole in docs/options.md: retries', () => {
    const all: Record<keyof RetryOptions, true> = {
      times: true,
      delay: true,
      factor: true,
      maxDelay: true,
      jitter: true,
      when: true,
    }
    const documented = tableAfter('**retries** as an object')
    assert.deepEqual([...documented.keys()].toSorted(), Object.keys(all).toSorted())
    const { when: _, ...set } = POLICY_CHECKS.retries({ times: 1 }, 'retries')
    for (const [name, value] of Object.entries(set))
      if (name !== 'times') assert.equal(documented.get(name), `\`${asWritten(value)}\``)
  })

  it('are told whole in docs/options.md: progress', () => {
    const all: Record<keyof ProgressBarOptions, true> = {
      label: true,
      unit: true,
      stream: true,
      delay: true,
      interval: true,
    }
    assert.deepEqual([...tableAfter('**progress** as an object').keys()].toSorted(), Object.keys(all).toSorted())
  })
})

describe('the options of pool.run', () => {
  it('are those of docs/options.md', () => {
    const row = page.split('`run(task, options?)` | ')[1]?.split('\n')[0] ?? ''
    const named = [...row.matchAll(/`(\w+)`/g)].map(([, name]) => name)
    assert.deepEqual(named.toSorted(), Object.keys(CALL_CHECKS).toSorted())
  })
})

describe('defaults', () => {
  it('are for all options but those that docs/options.md leaves out', () => {
    const row = page.split('`setDefaults(options)` | ')[1]?.split('\n')[0] ?? ''
    const left = [...(row.split(' but ')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name)
    assert.deepEqual(left.toSorted(), OF_ONE_RUN.toSorted())
    for (const name of OF_ONE_RUN) assert.ok(Object.hasOwn(RUN_CHECKS, name), name)
    // @ts-expect-error: it belongs to one run.
    setDefaults({ name: 'all' })
    setDefaults({})
  })
})
