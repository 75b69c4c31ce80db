import assert from 'node:assert/strict'

import { endedWith, inProject, type Project, usePackage, values } from './support/project.js'

usePackage()

const TASKS = `
import { existsSync, writeFileSync } from 'node:fs'

export function lines(count) {
  for (let i = 0; i < Number(count); i++) console.log('line ' + i)
  return count
}

/** All but the first end before it, and what they print waits for it. */
export async function behind(input) {
  if (input === 'first') while (!existsSync('second-ended')) await new Promise((done) => setTimeout(done, 5))
  for (let i = 0; i < 300_000; i++) console.log('line ' + i)
  if (input === 'second') writeFileSync('second-ended', '')
  return input
}

export function marked(count) {
  lines(count)
  writeFileSync('ended', '')
}

export function oddities() {
  for (const byte of Buffer.from('€\\u001B[2J😀\\n')) process.stdout.write(Buffer.of(byte))
  process.stdout.write(Buffer.of(0xff, 0, 0xe2, 0x82))
}
`

/** Starts reading when a file is there, and tells how many lines came, and which were not the next. */
const READER = `
import { existsSync } from 'node:fs'
while (!existsSync('ended')) await new Promise((done) => setTimeout(done, 5))
let rest = '', next = 0, wrong = 0
for await (const text of process.stdin.setEncoding('utf8')) {
  const lines = (rest + text).split('\\n')
  rest = lines.pop()
  for (const line of lines) {
    if (line.endsWith('│ line ' + next)) next++
    else if (line.includes('│')) wrong++
  }
}
console.log(JSON.stringify([next, wrong]))
`

function expected(label: string, count: number): string {
  return Array.from({ length: count }, (_, i) => `${label} │ line ${i}\n`).join('')
}

/** What was printed, without the last line, which says how all went. */
function printedIn(stderr: string): string {
  return stderr.slice(0, stderr.lastIndexOf('\n', stderr.length - 2) + 1)
}

function inPrinting(name: string, body: (project: Project) => Promise<void>): void {
  inProject(name, async (project) => {
    await project.write('prints.mjs', TASKS)
    await body(project)
  })
}

for (const logs of ['ordered', 'inherit']) {
  inPrinting(`a million lines, ${logs}: each is there, once, in order`, async (project) => {
    const ended = await project.run(['prints.mjs#lines', '1000000', '--logs', logs, '--progress', 'none'])
    assert.equal(ended.code, 0)
    assert.deepEqual(values(ended.stdout), ['1000000'])
    assert.ok(printedIn(ended.stderr) === expected('1000000', 1_000_000), ended.stderr.slice(0, 1_000))
  })
}

inPrinting('lines wait for those of the input before', async (project) => {
  const ended = await project.run([
    'prints.mjs#behind',
    'first',
    'second',
    '-j',
    '2',
    '--batch',
    '1',
    '--progress',
    'none',
  ])
  assert.equal(ended.code, 0)
  assert.deepEqual(values(ended.stdout), ['first', 'second'])
  const all = expected('first', 300_000) + expected('second', 300_000)
  assert.ok(printedIn(ended.stderr) === all, ended.stderr.slice(0, 1_000))
})

inPrinting('nothing of it with --logs off', async (project) => {
  const ended = await project.run(['prints.mjs#lines', '100000', '--logs', 'off'])
  endedWith(ended, 0)
  assert.match(ended.stderr, /^✔ 1 ok [^\n]*\n$/)
})

inPrinting('a reader that reads late gets all, and nobody waits for it', async (project) => {
  await project.write('reader.mjs', READER)
  // Results in a file: on stdout, which is the same pipe here, they could come in the middle of a line.
  const run = `'${process.execPath}' '${project.bin}' run prints.mjs#marked 500000 -o results.jsonl 2>&1 | '${process.execPath}' reader.mjs`
  const ended = await project.command('sh', ['-c', run]).ended
  endedWith(ended, 0)
  assert.deepEqual(values(ended.stdout), [[500_000, 0]])
})

inPrinting('bytes that are no text, and halves of characters, are shown as such', async (project) => {
  const ended = await project.run(['prints.mjs#oddities', 'x'])
  endedWith(ended, 0)
  assert.equal(printedIn(ended.stderr), 'x │ €␛[2J😀\nx │ \uFFFD␀\uFFFD\n')
})
