import assert from 'node:assert/strict'

import { endedWith, inProject, usePackage, values } from './support/project.js'

usePackage('pipelines')

inProject('a pipeline: results are clips, failures name the step, a table tells of all', async (project) => {
  const ended = await project.run(['pipe.mjs#calibrate', '5', 'bad', '999', '7', '--config', '{"dark":2}', '-j', '2'])
  endedWith(ended, 1)
  assert.deepEqual(values(ended.stdout), [
    { input: '5', dark: 3 },
    { input: '7', dark: 5 },
  ])
  assert.match(ended.stderr, /✖ bad: step raw: RangeError: it is bad\n {4}at .*pipe\.mjs:5:/)
  assert.match(ended.stderr, /✖ 999: step slow: TaskTimeoutError: timed out: it ran longer than 1000 ms/)
  assert.match(ended.stderr, /^ {2}step +done +cached +failed +time$/m)
  assert.match(ended.stderr, /^ {2}raw +2 +0 +1 +[\d.]+m?s$/m)
  assert.match(ended.stderr, /^ {2}slow +2 +0 +1 +[\d.]+m?s$/m)
  assert.match(ended.stderr, /✔ 2 ok, 2 failed/)
})

inProject('rows are the fields of the clip; the config may be in a file', async (project) => {
  await project.write('rows.csv', 'input,size\na,4\nb,5\n')
  await project.write('config.json', '{ "dark": 1 }')
  const ended = await project.run(['pipe.mjs#calibrate', '@rows.csv', '--config', '@config.json', '--on', 'threads'])
  endedWith(ended, 0)
  assert.deepEqual(values(ended.stdout), [
    { input: 'a', size: '4', dark: 3 },
    { input: 'b', size: '5', dark: 4 },
  ])
})

inProject('--json reports the steps of a pipeline', async (project) => {
  const ended = await project.run(['pipe.mjs#calibrate', '5', 'bad', '--json', '-j', '1', '--on', 'serial'])
  endedWith(ended, 1)
  const [failure, summary] = values(ended.stderr) as [
    { type: string; step: string; error: string },
    { steps: Record<string, { done: number; failed: number }> },
  ]
  assert.equal(failure.step, 'raw')
  assert.equal(failure.error, 'step raw: RangeError: it is bad')
  assert.deepEqual(Object.keys(summary.steps), ['raw', 'dark', 'slow'])
  assert.equal(summary.steps['raw']?.failed, 1)
  assert.equal(summary.steps['slow']?.done, 1)
})

inProject('the command itself does not load the module', async (project) => {
  const args = ['pipe.mjs#calibrate', '1', '2', '-j', '1']
  const running = project.start(['run', ...args], { env: { LOADED: '1' } })
  const ended = await running.ended
  endedWith(ended, 0)
  const pids = [...ended.stderr.matchAll(/loaded in (\d+)/g)].map(([, pid]) => Number(pid))
  assert.equal(pids.length, 1)
})

inProject('exports that are no pipeline, and misspelled ones, are refused', async (project) => {
  const object = await project.run(['pipe.mjs#notReady', '1'])
  endedWith(object, 3)
  assert.match(object.stderr, /exports "notReady", which is not a function\. .*calibrate/)
  const typo = await project.run(['pipe.mjs#calibrat', '1'])
  endedWith(typo, 3)
  assert.match(typo.stderr, /Did you mean "calibrate"\?/)
  const config = await project.run(['pipe.mjs#calibrate', '1', '--config', '{'])
  endedWith(config, 2)
  assert.match(config.stderr, /--config: expected JSON, or @file with JSON, got \{/)
  const both = await project.run(['pipe.mjs#calibrate', '1', '--config', '{}', '--args', '[1]'])
  endedWith(both, 2)
})

inProject('retry runs the failures of a pipeline again', async (project) => {
  const first = await project.run(['pipe.mjs#calibrate', '5', 'bad', '-o', 'out.jsonl'])
  endedWith(first, 1)
  const again = await project.run(['pipe.mjs#calibrate', '5', 'bad', '7', '-o', 'out.jsonl', '--resume'])
  endedWith(again, 1)
  assert.deepEqual(values(await project.read('out.jsonl')), [
    { input: '5', dark: 5 },
    { input: '7', dark: 7 },
  ])
  assert.match(again.stderr, /1 ok, 1 failed, 1 skipped/)
})

inProject('what failed is looked at, and listed, with the config that it had', async (project) => {
  await project.write(
    'needs.mjs',
    "import { pipeline } from 'manyhands/pipeline'\n" +
      "export const needs = pipeline('needs').step('length', ({ input }, config) => {\n" +
      '  if (input.length < config.min) throw new RangeError(`${input} is too short`)\n' +
      '  return input.length\n' +
      '})\n',
  )
  endedWith(await project.run(['needs.mjs#needs', 'alpha', 'be', '--config', '{"min":3}']), 1)
  const dry = await project.start(['retry', 'last', '--dry-run']).ended
  assert.equal(dry.stdout, 'be\n')
  const debug = await project.start(['debug', 'last']).ended
  const said = debug.stdout + debug.stderr
  assert.match(said, /step "?length"?.*RangeError: be is too short/)
  assert.match(said, /config +\{ min: 3 \}/)
})

inProject('--steps runs the steps of a list, in its order', async (project) => {
  const some = await project.run([
    'pipe.mjs#calibrate',
    '@rows.jsonl',
    '--steps',
    'slow,dark',
    '--config',
    '{"dark":1}',
  ])
  assert.match(some.stderr, /there is no file "rows\.jsonl"/)
  await project.write('rows.jsonl', '{"raw":5}\n')
  const ended = await project.run([
    'pipe.mjs#calibrate',
    '@rows.jsonl',
    '--steps',
    'slow,dark',
    '--config',
    '{"dark":1}',
  ])
  endedWith(ended, 0)
  assert.deepEqual(values(ended.stdout), [{ dark: 4 }])
  assert.match(ended.stderr, /^ {2}slow .*\n {2}dark /m)
  const wrong = await project.run(['pipe.mjs#calibrate', '5', '--steps', 'rawr'])
  endedWith(wrong, 3)
  assert.match(wrong.stderr, /steps: expected names of steps \(raw, dark, slow\), got "rawr"\. Did you mean "raw"/)
  const twice = await project.run(['pipe.mjs#calibrate', '5', '--steps', 'raw,raw'])
  assert.match(twice.stderr, /steps: expected each step once, got "raw" twice/)
  endedWith(await project.run(['pipe.mjs#calibrate', '5', '--steps', 'raw,,slow']), 2)
})
