import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'

import { ROOT } from './support/package.js'
import { endedWith, inProject, type Project, usePackage, values } from './support/project.js'
import { noTerminal } from './support/terminal.js'

usePackage()

const skip = noTerminal
const PAGE = readFile(join(ROOT, 'docs', 'debugging.md'), 'utf8')
const PROMPT = 'debug> '

/** The example of docs/debugging.md, with tsx beside the package. */
async function withExample(project: Project): Promise<void> {
  const modules = join(project.folder, 'node_modules')
  await mkdir(modules, { recursive: true })
  await symlink(join(ROOT, 'node_modules', 'tsx'), join(modules, 'tsx'), 'junction')
  await project.write('package.json', '{ "type": "module" }\n')
  const [, name = '', code = ''] = /```ts\n\/\/ (\S+)\n([\s\S]*?)```/.exec(await PAGE) ?? []
  await project.write(name, `// ${name}\n${code}`)
}

function manyhands(project: Project): string {
  return `'${process.execPath}' '${project.bin}'`
}

/** Numbers of runs differ, and a terminal knows no blanks at the end of a line. */
function comparable(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim()
}

inProject(
  'the session of docs/debugging.md, on a terminal',
  async (project) => {
    await withExample(project)
    const session = /```console\n([\s\S]*?)```/.exec(await PAGE)?.[1] ?? ''
    const [, run = '', debug = ''] = session.split(/^\$ npx manyhands /m)
    const [command = '', ...said] = run.split('\n')
    const ran = await project.start(command.split(' ')).ended
    endedWith(ran, 1)
    for (const line of said.slice(0, 2)) assert.ok(ran.stderr.includes(line), ran.stderr)
    const [, ...shown] = debug.split('\n')
    using terminal = project.terminal(`${manyhands(project)} debug last`)
    const typed = shown.filter((line) => line.startsWith(PROMPT)).map((line) => line.slice(PROMPT.length))
    for (const [before, line] of typed.entries()) {
      await terminal.shows(new RegExp(`^(?:[^]*\\ndebug> .){${before}}[^]*\\ndebug>\\s*$`))
      terminal.type(line)
    }
    const screen = await terminal.shows('ended with 1')
    assert.equal(comparable(screen.slice(0, screen.indexOf('ended with'))), comparable(shown.join('\n')))
  },
  { skip },
)

for (const [name, node] of nodes()) {
  inProject(
    `Node ${name}: a program stops at the throw, and goes on`,
    async (project) => {
      await project.write(
        'debugged.mjs',
        `import { map } from 'manyhands'
const offset = 3
async function load(id) {
  await new Promise((resolve) => setTimeout(resolve, 1))
  try { JSON.parse('{') } catch {}
  const found = id === 2 ? undefined : { level: id + offset }
  return half(found)
}
function half(found) {
  const gain = 2
  return found.level / gain
}
console.log(await map([1, 2, 3], load, { debug: true, onError: () => 'failed' }))
`,
      )
      using terminal = project.terminal(`'${node}' debugged.mjs`)
      await terminal.shows(PROMPT.trimEnd())
      terminal.type('up')
      await terminal.shows('▶  1  load')
      terminal.type('id * 100 + offset')
      const screen = await terminal.shows('\n203\n')
      assert.match(screen, /✖ load\[1\] failed: TypeError: Cannot read properties of undefined \(reading 'level'\)/)
      assert.match(screen, /▶ {2}0 {2}half {2}debugged\.mjs:11:16\n {3}1 {2}load {2}debugged\.mjs:7:10\n/)
      assert.match(screen, /▶ 11 │ {3}return found\.level \/ gain\n {5}│ {16}\^\n/)
      assert.match(screen, /\n {2}found {2}undefined\n {2}gain {3}2\n/)
      terminal.type('c')
      assert.match(await terminal.shows('ended with'), /\[ 2, 'failed', 3 \]\nended with 0/)
    },
    { skip: skip || (!existsSync(node) && `Node ${name} is not there: the first full npm test fetches it`) },
  )
}

function nodes(): [string, string][] {
  const others = [22, 24, 26].map((version): [string, string] => {
    return [String(version), join(ROOT, '.ci', 'runtimes', 'node_modules', `node-${version}`, 'bin', 'node')]
  })
  return [[process.versions.node, process.execPath], ...others]
}

inProject(
  'run --debug: continue goes on, quit keeps what was finished',
  async (project) => {
    await withExample(project)
    const command = 'run calibrate.ts a odd1 b odd2 c -o out.jsonl --debug'
    using terminal = project.terminal(`${manyhands(project)} ${command}`)
    await terminal.shows(PROMPT.trimEnd())
    terminal.type('w all')
    await terminal.shows('await in ')
    terminal.type('continue')
    await terminal.shows("input 'odd2'")
    terminal.type('q')
    const screen = await terminal.shows('ended with')
    assert.match(screen, /✖ quit after [\d.hms ]+: 2 ok, 2 failed, 1 not done {4}run \S+\n/)
    assert.match(screen, /resume: add --resume=/)
    assert.match(screen, /ended with 130/)
    assert.deepEqual(values(await project.read('out.jsonl')), [2.5, 2.5])
  },
  { skip },
)

inProject(
  'retry calls the function again; its result counts',
  async (project) => {
    await project.write(
      'config.mjs',
      `import { readFileSync } from 'node:fs'
export default function read(key) {
  const config = JSON.parse(readFileSync('config.json', 'utf8'))
  if (!(key in config)) throw new Error('no ' + key)
  return config[key]
}
`,
    )
    await project.write('config.json', '{ "a": 1 }')
    using terminal = project.terminal(`${manyhands(project)} run config.mjs a b --debug -o out.jsonl`)
    await terminal.shows(PROMPT.trimEnd())
    terminal.type('retry')
    await terminal.shows(/debug> retry\n[^]*\ndebug>\s*$/)
    await project.write('config.json', '{ "a": 1, "b": 2 }')
    terminal.type('r')
    const screen = await terminal.shows('ended with')
    assert.match(screen, /✔ config\[1\] succeeded this time\n/)
    assert.match(screen, /ended with 0/)
    assert.deepEqual(values(await project.read('out.jsonl')), [1, 2])
  },
  { skip },
)

inProject('debug without a terminal prints the frames and goes on', async (project) => {
  await withExample(project)
  const ended = await project.run(['calibrate.ts', 'a', 'odd1', 'odd2', 'b', '--debug'])
  endedWith(ended, 1)
  assert.deepEqual(values(ended.stdout), [2.5, 2.5])
  assert.match(
    ended.stderr,
    /^✖ calibrate\[1\] failed: TypeError: .*\n {2}input 'odd1'\n {3}0 {2}ratio {6}calibrate\.ts:9:16\n/,
  )
  assert.match(ended.stderr, /\n {4}▶ {2}9 │ {3}return dark!\.level \/ gain\n/)
  assert.match(ended.stderr, /\n {6}image {2}\{ file: 'odd1' \}\n {6}gain {3}4\n/)
  // The second came from the same place.
  assert.ok(!ended.stderr.includes('calibrate[2] failed'), ended.stderr)
  // oxlint-disable-next-line no-control-regex -- what a terminal obeys
  assert.doesNotMatch(ended.stderr, /\u001B/)
})

inProject('debug takes an input that failed, and refuses others', async (project) => {
  await withExample(project)
  endedWith(await project.run(['calibrate.ts', 'a', 'odd1', 'odd2', '-q']), 1)
  for (const [args, input] of [
    [['last'], 'odd1'],
    [['last#2'], 'odd2'],
    [['last', '2'], 'odd2'],
  ] as const) {
    const ended = await project.start(['debug', ...args]).ended
    endedWith(ended, 1)
    assert.equal(ended.stdout, '')
    assert.match(
      ended.stderr,
      new RegExp(`^✖ calibrate\\[${input === 'odd1' ? 1 : 2}\\] failed: .*\\n  input '${input}'\\n`),
    )
    assert.match(ended.stderr, new RegExp(`\\n✖ ${input}: TypeError: .*\\n    at ratio \\(calibrate.ts:9:16\\)\\n$`))
  }
  for (const [args, code, message] of [
    [['last#0'], 3, /^✖ input 0 of \S+ did not fail; these failed: 1, 2\n$/],
    [['last#7'], 3, /^✖ \S+ has no outcome of an input 7; these failed: 1, 2\n$/],
    [['lost#1'], 3, /^✖ there is no run "lost" here/],
    [['last#x'], 2, /^✖ "last#x": expected a run and the number of an input, such as last#17\n$/],
    [['last#1', '2'], 2, /expected a run and the number of an input/],
    [[], 2, /missing required argument 'run'/],
  ] as const) {
    const ended = await project.start(['debug', ...args]).ended
    endedWith(ended, code)
    assert.match(ended.stderr, message)
  }
})

inProject('debug: inputs too large for the log are read again', async (project) => {
  await withExample(project)
  const large = `odd${'x'.repeat(20_000)}`
  await project.write('in.txt', `a\n${large}\n`)
  endedWith(await project.run(['calibrate.ts', '@in.txt', '-q']), 1)
  const again = await project.start(['debug', 'last#1']).ended
  endedWith(again, 1)
  assert.match(again.stderr, /^✖ calibrate\[1\] failed: /)
  await project.write('in.txt', 'a\n')
  const gone = await project.start(['debug', 'last#1']).ended
  endedWith(gone, 3)
  assert.match(
    gone.stderr,
    /^✖ input 1 of \S+ is not among its inputs any more: they have changed since\. Run it again with --debug\n$/,
  )
  endedWith(await project.run(['calibrate.ts', '-q'], { input: `${large}\n` }), 1)
  const piped = await project.start(['debug', 'last#0']).ended
  endedWith(piped, 3)
  assert.match(piped.stderr, /^✖ input 0 of \S+ came from stdin, and is too large for the log to have kept it/)
})

inProject('debug: what does not fail any more is told with its result', async (project) => {
  await project.write(
    'read.mjs',
    `import { readFile } from 'node:fs/promises'\nexport default (file) => readFile(file, 'utf8')\n`,
  )
  endedWith(await project.run(['read.mjs', '--literal', 'late.txt', '-q']), 1)
  await project.write('late.txt', 'here')
  const ended = await project.start(['debug', 'last']).ended
  endedWith(ended, 0)
  assert.deepEqual(values(ended.stdout), ['here'])
})

inProject('inspect: true opens the inspector at the line, and waits for it', async (project) => {
  await project.write(
    'inspected.mjs',
    `import { map } from 'manyhands'
function double(x) {
  const secret = x * 2
  if (x === 2) throw new RangeError('too large')
  return secret
}
console.log(JSON.stringify(await map([1, 2, 3], double, { inspect: true, onError: (error) => error.message })))
`,
  )
  await project.write(
    'client.mjs',
    `const socket = new WebSocket(process.argv[2])
const send = (id, method, params) => socket.send(JSON.stringify({ id, method, params }))
socket.onopen = () => send(1, 'Debugger.enable')
socket.onmessage = ({ data }) => {
  const { id, method, params, result } = JSON.parse(data)
  if (method === 'Debugger.paused')
    send(2, 'Debugger.evaluateOnCallFrame', { callFrameId: params.callFrames[0].callFrameId, expression: 'secret' })
  if (id === 2) {
    console.log(result.result.value)
    send(3, 'Debugger.resume')
  }
  if (id === 3) socket.close()
}
`,
  )
  const program = project.command(process.execPath, ['inspected.mjs'])
  await program.prints('it goes on when that lets it')
  const { stderr } = program.printed()
  assert.match(stderr, /^✖ double\[1\] failed: RangeError: too large\n {2}input 2\n/)
  assert.match(stderr, /\n {2}stopped at inspected\.mjs:4:\d+\n/)
  const address = /ws:\/\/127\.0\.0\.1:\d+\/\S+/.exec(stderr)?.[0] ?? ''
  const flags = typeof WebSocket === 'undefined' ? ['--experimental-websocket'] : []
  const client = await project.command(process.execPath, [...flags, 'client.mjs', address]).ended
  assert.equal(client.stdout, '4\n', client.stderr)
  const ended = await program.ended
  endedWith(ended, 0)
  assert.deepEqual(values(ended.stdout), [[2, 'double[1] failed: RangeError: too large', 6]])
})
