import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { ROOT } from './support/package.js'
import { endedWith, inProject, usePackage } from './support/project.js'

usePackage('library')

/** What an example says that it prints. */
function promised(code: string): string {
  const lines = code.split('\n').filter((line) => line.includes('// →'))
  return lines
    .flatMap((line) => line.slice(line.indexOf('// →') + 4).split(' →'))
    .map((text) => text.slice(1))
    .join('\n')
}

inProject('the examples of docs/workflows.md compile, and print what they say', async (project) => {
  const page = await readFile(join(ROOT, 'docs', 'workflows.md'), 'utf8')
  const examples = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code as string)
  assert.ok(examples.length >= 6)
  const compilerOptions = {
    ...{ module: 'nodenext', moduleResolution: 'nodenext', target: 'es2023', moduleDetection: 'force', strict: true },
    ...{ outDir: 'out', types: ['node'], typeRoots: [join(ROOT, 'node_modules', '@types')], skipLibCheck: true },
  }
  await project.write('package.json', '{ "type": "module" }')
  for (const [i, code] of examples.entries()) await project.write(`example-${i}.ts`, code)
  const files = examples.map((_, i) => `example-${i}.ts`)
  await project.write('tsconfig.json', JSON.stringify({ compilerOptions, files }))
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  endedWith(await project.command(process.execPath, [compiler, '-p', '.']).ended, 0)
  for (const [i, code] of examples.entries()) {
    const ended = await project.command(process.execPath, [join('out', `example-${i}.js`)]).ended
    endedWith(ended, 0)
    const printed = ended.stdout.replaceAll(/\s+/g, ' ').trim()
    assert.equal(printed, promised(code).replaceAll(/\s+/g, ' ').trim(), `example ${i}`)
  }
})
