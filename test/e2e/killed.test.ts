import assert from 'node:assert/strict'
import { appendFile, readdir } from 'node:fs/promises'

import { endedWith, inProject, usePackage, values } from './support/project.js'

usePackage()

inProject(
  'results that a killed run wrote and could not note are made again, not doubled; others stay',
  async (project) => {
    endedWith(await project.run(['tasks.mjs', 'a', 'b', '-o', 'out.jsonl']), 0)
    const [run = ''] = (await readdir(`${project.folder}/.manyhands`)).filter((name) => !name.startsWith('.'))
    const record = `.manyhands/${run}/run.json`
    const log = `.manyhands/${run}/log.jsonl`
    // As a kill between a result and its row leaves it.
    await project.write(record, (await project.read(record)).replace(/"ended": \d+/, '"ended": null'))
    const lines = (await project.read(log)).split('\n')
    const last = lines.findLastIndex((line) => line.includes('"state":"ok"'))
    assert.ok(last > 0)
    await project.write(
      log,
      lines
        .slice(0, last)
        .map((line) => `${line}\n`)
        .join(''),
    )
    assert.deepEqual(values(await project.read('out.jsonl')), ['a!', 'b!'])
    endedWith(await project.run(['tasks.mjs', 'a', 'b', 'c', '-o', 'out.jsonl', '--resume']), 0)
    assert.deepEqual(values(await project.read('out.jsonl')), ['a!', 'b!', 'c!'])
    // A run that ended leaves what others add to its output.
    await appendFile(`${project.folder}/out.jsonl`, '"mine"\n')
    endedWith(await project.run(['tasks.mjs', 'c', 'd', '-o', 'out.jsonl', '--resume']), 0)
    assert.deepEqual(values(await project.read('out.jsonl')), ['a!', 'b!', 'c!', 'mine', 'd!'])
  },
)
