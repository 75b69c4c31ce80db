import assert from 'node:assert/strict'

import { endedWith, inProject, usePackage, values } from './support/project.js'

usePackage()

inProject('failures are told on stderr and counted, the others go on', async (project) => {
  const ended = await project.run(['tasks.mjs#odd', '1', '2', '3'])
  endedWith(ended, 1)
  assert.deepEqual(values(ended.stdout), [1, 3])
  assert.match(ended.stderr, /✖ 2: RangeError: 2 is even\n {4}at odd \(tasks\.mjs:\d+:\d+\)\n/)
  assert.match(ended.stderr, /✔ 2 ok, 1 failed in /)
})

inProject('many failures are summed up by kind', async (project) => {
  const lines = Array.from({ length: 400 }, (_, index) => String(index)).join('\n')
  const ended = await project.run(['tasks.mjs#odd'], { input: lines })
  endedWith(ended, 1)
  assert.equal(values(ended.stdout).length, 200)
  assert.equal(ended.stderr.match(/ at odd /g)?.length, 10)
  assert.match(ended.stderr, /✖ 200 failures, all of one kind:\n +200 × RangeError: # is even/)
})

inProject('a worker that dies costs its task only', async (project) => {
  const ended = await project.run(['tasks.mjs#exits', 'a', 'bad', 'c'])
  endedWith(ended, 1)
  assert.deepEqual(values(ended.stdout), ['a', 'c'])
  assert.match(ended.stderr, /✖ bad: WorkerCrashedError: .*code 7/)
})

inProject('--timeout ends what never would', async (project) => {
  const ended = await project.run(['tasks.mjs#spin', 'a', '--timeout', '200ms'])
  endedWith(ended, 1)
  assert.match(ended.stderr, /✖ a: TaskTimeoutError: timed out: it ran longer than 200 ms/)
})

inProject('--retries runs a task again that threw', async (project) => {
  const args = ['tasks.mjs#secondTime', 'a', '-j', '1']
  endedWith(await project.run(args), 1)
  const ended = await project.run([...args, '--retries', '1', '--retry-delay', '1ms'])
  endedWith(ended, 0)
  assert.deepEqual(values(ended.stdout), ['a'])
})

inProject('what a task throws cannot write to the terminal', async (project) => {
  const ended = await project.run(['tasks.mjs#escapes', '\u009B31mred'])
  endedWith(ended, 1)
  assert.match(ended.stderr, /✖ <U\+009B>31mred: Error: ␛\[2Jgone/)
  // oxlint-disable-next-line no-control-regex -- what must not be there
  assert.doesNotMatch(ended.stderr, /[\u001B\u009B]/)
})

for (const [args, code, message] of [
  [['run', 'tasks.mjs#shoutt', 'a'], 3, /✖ tasks\.mjs has no export "shoutt"\..* Its functions: .*default/],
  [['run', 'tasks.mjs#Addr', 'a'], 3, /✖ tasks\.mjs has no export "Addr"\. Did you mean "Adder"\?/],
  [['run', 'tasks.mjs#limit', 'a'], 3, /✖ tasks\.mjs exports "limit", which is not a function/],
  [['run', 'task.mjs', 'a'], 3, /✖ there is no file "task\.mjs"\. Did you mean "tasks\.mjs"\?/],
  [['run', 'file:///nowhere/with space/tasks.mjs', 'a'], 3, /✖ there is no file "\/nowhere\/with space\/tasks\.mjs"/],
  [['run', 'file://elsewhere/tasks.mjs', 'a'], 3, /✖ "file:\/\/elsewhere\/tasks\.mjs" names no file: /],
  [['run', 'no-such-package', 'a'], 3, /✖ there is no file and no package "no-such-package" here/],
  [['run', 'node:zlip#crc32', 'a'], 3, /✖ Node has no module "node:zlip"\. Did you mean "node:zlib"\?/],
  [['run', 'tasks.mjs', 'a', '--jbos', '2'], 2, /✖ unknown option '--jbos' \(Did you mean --jobs\?\)/],
  [['run', 'tasks.mjs', 'a', '--workers', '2'], 2, /✖ unknown option '--workers' \(Did you mean --jobs\?\)/],
  [['run', 'tasks.mjs', 'a', '--on', 'multiprocessing'], 2, /"multiprocessing"\. Did you mean "processes"\?/],
  [['run', 'tasks.mjs', 'a', '--on', 'thread'], 2, /✖ --on: expected .*, got "thread"\. Did you mean "threads"\?/],
  [['run', 'tasks.mjs', 'a', '--timeout', '30'], 2, /✖ --timeout: a time needs a unit: 30s/],
  [['run', 'tasks.mjs', 'a', '-j', 'many'], 2, /✖ --jobs: expected .*, got "many"/],
  [['run', 'tasks.mjs', ':::', 'a'], 2, /✖ ":::" is a word of GNU parallel: here inputs follow the module/],
  [['run', 'tasks.mjs', 'a', '-k'], 2, /✖ unknown option '-k'; results are in the order of the inputs/],
  [['run', 'tasks.mjs', 'a', '--resume-failed'], 2, /✖ unknown option '--resume-failed'; .*: manyhands retry last/],
  [['run', 'tasks.mjs', '-5x'], 2, /inputs that begin with "-" go after "--"/],
  [['run'], 2, /✖ missing required argument 'module'/],
  [['rnu', 'tasks.mjs'], 2, /✖ unknown command 'rnu' \(Did you mean run\?\)/],
  [[], 2, /Usage: manyhands run <module>/],
] as const) {
  inProject(`manyhands ${args.join(' ')}`, async (project) => {
    const ended = await project.start(args).ended
    endedWith(ended, code)
    assert.equal(ended.stdout, '')
    assert.match(ended.stderr, message)
    assert.doesNotMatch(ended.stderr, /node_modules/, 'no stack of the command itself')
  })
}

inProject('a run ends with exit code 5 if no worker can be kept', async (project) => {
  await project.write('hook.cjs', "process.execPath = '/nowhere/node'")
  const ended = await project.run(['tasks.mjs', 'a'], { env: { NODE_OPTIONS: '--require ./hook.cjs' } })
  endedWith(ended, 5)
  assert.match(ended.stderr, /^✖ no worker can be started: [^\n]*\n$/)
})

for (const [name, text, message] of [
  [
    'syntax.mjs',
    'export default (x) => {\n  return x +* 2\n}\n',
    /cannot load syntax\.mjs: SyntaxError: .* \(syntax\.mjs:2:13\)/,
  ],
  ['import.mjs', "import { nope } from './tasks.mjs'\nexport default () => nope\n", /'nope' \(import\.mjs:1\)/],
  ['class.mjs', 'export default class Model {}\n', /the class Model has no method call\(input, …\)/],
] as const) {
  inProject(`a module that is wrong is told once, with its place: ${name}`, async (project) => {
    await project.write(name, text)
    const ended = await project.run([name, 'a', 'b'])
    endedWith(ended, 3)
    assert.match(ended.stderr, message)
    assert.equal(ended.stderr.match(/✖/g)?.length, 1)
  })
}

inProject('a module, or a class, that ends its worker', async (project) => {
  const ended = await project.run(['dies-at-once.mjs', 'a', '-j', '1'])
  endedWith(ended, 3)
  assert.match(ended.stderr, /^✖ "dies-at-once" cannot be loaded: .*code 9/)
})

inProject('--help and --version print to stdout', async (project) => {
  const help = await project.start(['run', '--help']).ended
  endedWith(help, 0)
  assert.match(help.stdout, /--jobs <n>/)
  const { version } = JSON.parse(await project.read('../node_modules/manyhands/package.json')) as { version: string }
  const told = await project.start(['--version']).ended
  endedWith(told, 0)
  assert.equal(told.stdout, `${version}\n`)
})
