import assert from 'node:assert/strict'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'

import { Broker } from '../support/broker.js'
import { ROOT } from './support/package.js'
import { endedWith, inProject, usePackage } from './support/project.js'

usePackage()

/** Real files, whose text the example compresses. */
const FILES = [join(ROOT, 'src', '**', '*.ts'), join(ROOT, 'docs', '*.md')]

/** Rows without the time that each took: the only thing in them that differs from run to run. */
function withoutTimes(rows: string): string {
  return rows.replaceAll(/,"ms":[\d.]+/g, '')
}

inProject('the demo on a cluster gives what it gives on processes, also where a worker is killed', async (project) => {
  await cp(join(ROOT, 'build', 'examples', 'inspect-file.js'), join(project.folder, 'inspect-file.mjs'))
  await project.write('package.json', '{ "name": "demo" }')
  const call = ['inspect-file.mjs#inspectFile', ...FILES, '--args', '[9]', '-o']
  endedWith(await project.run([...call, 'here.jsonl']), 0)

  await using broker = await Broker.start()
  const worker = ['worker', '-n', '1', '--json', '--server', broker.url, 'inspect-file.mjs']
  const workers = [project.start(worker), project.start(worker)]
  for (const one of workers) await one.prints('"type":"ready"')
  const run = project.start(['run', ...call, 'there.jsonl', '--on', broker.url, '-v', '--order', 'input'])
  for (const one of workers) await one.prints('"type":"lent"')
  await run.prints('done inspectFile[20]')
  workers[0]?.signal('SIGKILL')
  const ended = await run.ended
  endedWith(ended, 0)
  assert.match(ended.stderr, /worker \d+ ended \(/)
  const [here, there] = [await project.read('here.jsonl'), await project.read('there.jsonl')]
  assert.ok(here.split('\n').length > 300)
  assert.equal(withoutTimes(there), withoutTimes(here))
  workers[1]?.signal('SIGTERM')
  endedWith((await workers[1]?.ended) as never, 0)
  await workers[0]?.ended
})
