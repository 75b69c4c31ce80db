import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { pipeline } from 'manyhands/pipeline'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
const COMPILER = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
const STEPS = 100
const LIMIT_SECONDS = 2

/** A module with a pipeline of so many steps, each of which needs the one before. */
function moduleWith(count: number): string {
  const steps = Array.from({ length: count }, (_, i) => `  .step('s${i + 1}', ({ s${i} }) => s${i} + 1)`)
  return [
    "import { pipeline } from 'manyhands/pipeline'",
    `const long = pipeline<{ s0: number }>('long')\n${steps.join('\n')}`,
    'for await (const r of long.run([{ s0: 0 }])) {',
    `  if (r.ok) r.clip.s${count}.toFixed()`,
    `  else if (r.step === 's${count - 1}') r.clip.s${count - 2}.toFixed()`,
    `  // @ts-expect-error made later\n  else if (r.step === 's9') r.clip.s9`,
    '}',
  ].join('\n')
}

/** What the compiler says. */
function compile(folder: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, [COMPILER, '-p', folder, '--extendedDiagnostics'], (_, stdout) => resolve(stdout))
  })
}

describe(`a pipeline of ${STEPS} steps`, () => {
  it(`is type-checked in less than ${LIMIT_SECONDS} s`, async () => {
    // Inside of the package, so that its name means this package.
    const folder = join(ROOT, 'build', 'many-steps')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'long.ts'), moduleWith(STEPS))
    const tsconfig = {
      extends: '../../tsconfig.json',
      compilerOptions: { noEmit: true, rootDir: '../..' },
      include: [],
      files: ['long.ts'],
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
    const said = await compile(folder)
    assert.doesNotMatch(said, /error/)
    const seconds = Number(/^Check time:\s+([\d.]+)s$/m.exec(said)?.[1])
    assert.ok(seconds < LIMIT_SECONDS, said)
  })

  it('runs', async () => {
    interface Growing {
      step(name: string, fn: (clip: Record<string, number>) => number): Growing
      one(input: object): Promise<{ clip: Record<string, number> }>
    }
    let long = pipeline<{ s0: number }>('long') as unknown as Growing
    for (let i = 1; i <= STEPS; i++) long = long.step(`s${i}`, (clip) => (clip[`s${i - 1}`] as number) + 1)
    const { clip } = await long.one({ s0: 0 })
    assert.equal(clip[`s${STEPS}`], STEPS)
  })
})
