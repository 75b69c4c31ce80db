import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { ROOT } from '../e2e/support/package.js'
import { endedWith, inProject, usePackage } from '../e2e/support/project.js'
import { Broker } from '../support/broker.js'

usePackage('library')

inProject('coming-from/papyros.md: a group of workers on a broker runs what papyros.md shows', async (project) => {
  const page = await readFile(join(ROOT, 'docs', 'coming-from', 'papyros.md'), 'utf8')
  const [, tasks = ''] = /^```ts\n(\/\/ tasks\.ts\n[\s\S]*?)^```$/m.exec(page) ?? []
  const [, client = '', printed = ''] = /^```js\n([\s\S]*?)^```\n\n```\n([\s\S]*?)^```$/m.exec(page) ?? []
  const [, worker = ''] = /manyhands (worker .*)$/m.exec(page) ?? []
  assert.ok(tasks !== '' && client !== '' && worker !== '')
  await using broker = await Broker.start()
  const env = { NATS_URL: broker.url }

  await project.write('package.json', '{ "type": "module" }')
  await project.write('tasks.ts', tasks)
  await project.write('client.mjs', client)
  const options = {
    module: 'nodenext',
    target: 'es2023',
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules/@types')],
  }
  await project.write('tsconfig.json', JSON.stringify({ compilerOptions: options, files: ['tasks.ts'] }))
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  endedWith(await project.command(process.execPath, [compiler, '-p', '.']).ended, 0)

  const workers = project.start(worker.split(/ +/), { env })
  await workers.prints('/tasks.js')
  const ended = await project.command(process.execPath, ['client.mjs'], { env }).ended
  endedWith(ended, 0)
  assert.equal(ended.stdout, printed)
  workers.signal('SIGTERM')
  endedWith(await workers.ended, 0)
})
