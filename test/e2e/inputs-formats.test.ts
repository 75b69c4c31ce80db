import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'

import { endedWith, inProject, type Project, usePackage, values } from './support/project.js'

usePackage()

const onShell = { skip: process.platform === 'win32' && 'there is no sh' }

const ROWS = [
  { name: '007', note: 'a "b",\nc' },
  { name: '1e3', note: '' },
].map((row) => [row])

/** A file name, what is in it, and what the task gets; on stdin the format is said. */
const FORMATS: readonly (readonly [format: string, file: string, text: string, inputs: unknown[][]])[] = [
  ['lines', 'in.txt', '007\n\n x \n', [['007'], [''], [' x ']]],
  ['null', 'in.lst', 'a\nb\0c\0', [['a\nb'], ['c']]],
  ['json', 'in.json', '[1, {"a": [2]}, "x"]', [[1], [{ a: [2] }], ['x']]],
  ['json', 'one.json', '{"a": 1}', [[{ a: 1 }]]],
  ['jsonl', 'in.ndjson', '1\n\n{"a":[2]}\n', [[1], [{ a: [2] }]]],
  ['csv', 'in.csv', '\uFEFFname,note\r\n007,"a ""b"",\nc"\r\n\r\n1e3,', ROWS],
  ['tsv', 'in.tsv', 'name\tnote\n007\t"a ""b"",\nc"\n1e3\t\n', ROWS],
]

for (const [format, file, text, inputs] of FORMATS) {
  inProject(`${file}: ${format} by its name, said, and on stdin`, async (project) => {
    await project.write(file, text)
    await project.write('plain', text)
    const known = format === 'null' ? ['--format', 'null'] : []
    for (const ended of [
      await project.run(['tasks.mjs#whatItGets', `@${file}`, ...known]),
      await project.run(['tasks.mjs#whatItGets', '@plain', '--format', format]),
      await project.run(['tasks.mjs#whatItGets', '--format', format], { input: text }),
    ]) {
      endedWith(ended, 0)
      assert.deepEqual(values(ended.stdout), inputs)
    }
  })
}

inProject('bad rows fail alone, with their lines, and count as failed', async (project) => {
  await project.write('rows.csv', 'a,b,c\n1,2,3\n1,2,3,4\n"x\ny",2,3\n1,"2,3\n4,5,6\n')
  await project.write('rows.jsonl', '1\n{oops\n2\n')
  const ended = await project.run(['tasks.mjs#whatItGets', '@rows.csv', '@rows.jsonl'])
  endedWith(ended, 1)
  assert.deepEqual(values(ended.stdout), [
    [{ a: '1', b: '2', c: '3' }],
    [{ a: 'x\ny', b: '2', c: '3' }],
    [{ a: '4', b: '5', c: '6' }],
    [1],
    [2],
  ])
  assert.match(ended.stderr, /✖ rows\.csv:3: .*4 fields, the header has 3\n/)
  assert.match(ended.stderr, /✖ rows\.csv:6: .*field 2: its quote is not closed\n/)
  assert.match(ended.stderr, /✖ rows\.jsonl:2: .*not JSON/)
  assert.match(ended.stderr, /5 ok, 3 failed/)
  assert.doesNotMatch(ended.stderr, /\n {4}at /)
})

inProject(
  '--numbers exact keeps integers beyond 2^53; they are rounded, with a warning, without it',
  async (project) => {
    await project.write('ids.jsonl', '{"id":1}\n{"id":12345678901234567890}\n')
    const exact = await project.run(['tasks.mjs#whatItGets', '@ids.jsonl', '--numbers', 'exact'])
    endedWith(exact, 0)
    assert.equal(exact.stdout, '[{"id":1}]\n[{"id":"12345678901234567890"}]\n')
    assert.doesNotMatch(exact.stderr, /⚠/)
    const rounded = await project.run(['tasks.mjs#whatItGets', '@ids.jsonl'])
    endedWith(rounded, 0)
    assert.equal(rounded.stdout, '[{"id":1}]\n[{"id":12345678901234567000}]\n')
    assert.match(rounded.stderr, /⚠ ids\.jsonl:2 holds 12345678901234567890, which becomes 12345678901234567000/)
  },
)

inProject('.csv.gz is read; what was truncated ends the run after the rows before that', async (project) => {
  const rows = Array.from({ length: 50_000 }, (_, index) => `${index},${Math.sin(index)}\n`)
  const whole = gzipSync(`a,b\n${rows.join('')}`)
  await project.write('rows.csv.gz', whole)
  const read = await project.run(['tasks.mjs#whatItGets', '@rows.csv.gz', '--skip', '49998'])
  endedWith(read, 0)
  assert.deepEqual(values(read.stdout), [
    [{ a: '49998', b: String(Math.sin(49_998)) }],
    [{ a: '49999', b: String(Math.sin(49_999)) }],
  ])
  await project.write('cut.csv.gz', whole.subarray(0, whole.length - 10))
  const cut = await project.run(['tasks.mjs#whatItGets', '@cut.csv.gz', '-o', 'out.jsonl'])
  endedWith(cut, 3)
  assert.match(cut.stderr, /✖ cut\.csv\.gz is truncated/)
  assert.ok(values(await project.read('out.jsonl')).length > 40_000)
})

inProject('files that need a package say which', async (project) => {
  for (const [file, install] of [
    ['rows.parquet', 'hyparquet hyparquet-compressors'],
    ['rows.arrow', '@uwdata/flechette'],
  ] as const) {
    await project.write(file, 'x')
    const ended = await project.run(['tasks.mjs', `@${file}`])
    endedWith(ended, 3)
    assert.match(ended.stderr, new RegExp(`✖ .* needs a package that is not installed: npm i ${install}\n$`))
  }
})

inProject('@ with a glob is the rows of all its files, in order', async (project) => {
  await project.write('part-2.jsonl', '3\n')
  await project.write('part-1.jsonl', '1\n2')
  await project.write('part-3.csv', 'a\n4\n')
  const ended = await project.run(['tasks.mjs#whatItGets', '@part-*'])
  endedWith(ended, 0)
  assert.deepEqual(values(ended.stdout), [[1], [2], [3], [{ a: '4' }]])
  const none = await project.run(['tasks.mjs', '@lost-*.jsonl'])
  endedWith(none, 2)
  assert.match(none.stderr, /no files match "lost-\*\.jsonl"/)
})

inProject('a row that was mended runs with --resume', async (project) => {
  await project.write('rows.csv', 'a,b\n1,2\n3\n')
  endedWith(await project.run(['tasks.mjs#whatItGets', '@rows.csv', '-o', 'out.jsonl']), 1)
  await project.write('rows.csv', 'a,b\n1,2\n3,4\n')
  const ended = await project.run(['tasks.mjs#whatItGets', '@rows.csv', '-o', 'out.jsonl', '--resume'])
  endedWith(ended, 0)
  assert.deepEqual(values(await project.read('out.jsonl')), [[{ a: '1', b: '2' }], [{ a: '3', b: '4' }]])
})

inProject('nothing but bad rows is a failed run', async (project) => {
  const ended = await project.run(['tasks.mjs', '--format', 'csv'], { input: 'a,b\n1\n2\n' })
  endedWith(ended, 1)
  assert.equal(ended.stdout, '')
  assert.match(ended.stderr, /0 ok, 2 failed/)
})

inProject(
  'bytes that are not UTF-8 fail a row, and are a warning among lines',
  async (project) => {
    const rows = await runWithBytes(project, ['--format', 'csv'], 'a\\nx\\n\\377\\n')
    endedWith(rows, 1)
    assert.match(rows.stderr, /✖ stdin:3: .*not UTF-8/)
    const lines = await runWithBytes(project, [], 'a\\n\\377\\n')
    endedWith(lines, 0)
    assert.deepEqual(values(lines.stdout), [['a'], ['\uFFFD']])
    assert.match(lines.stderr, /⚠ stdin holds bytes that are not UTF-8/)
  },
  onShell,
)

function runWithBytes(project: Project, args: readonly string[], bytes: string): ReturnType<Project['run']> {
  const script = `printf '${bytes}' | "$0" "$@"`
  return project.command('sh', ['-c', script, process.execPath, project.bin, 'run', 'tasks.mjs#whatItGets', ...args])
    .ended
}

inProject('a wrong header is wrong usage, before anything runs', async (project) => {
  await project.write('twice.csv', 'id,name,id\n1,2,3\n')
  await project.write('empty.tsv', 'id\t\n1\t2\n')
  for (const [input, place] of [
    ['@twice.csv', /✖ twice\.csv:1: columns 1 and 3 are both called "id"/],
    ['@empty.tsv', /✖ empty\.tsv:1: column 2 has no name/],
  ] as const) {
    const ended = await project.run(['tasks.mjs#says', 'first', input])
    endedWith(ended, 2)
    assert.equal(ended.stdout, '')
    assert.match(ended.stderr, place)
  }
  const piped = await project.run(['tasks.mjs#says', 'first', '-', '--format', 'csv'], { input: 'a,a\n1,2\n' })
  endedWith(piped, 2)
  assert.match(piped.stderr, /✖ stdin:1: columns 1 and 2/)
  assert.doesNotMatch(piped.stderr, /said/)
})

inProject('what is not JSON at all is wrong usage, before anything runs', async (project) => {
  await project.write('all.json', '[1, 2')
  const ended = await project.run(['tasks.mjs#says', 'first', '@all.json'])
  endedWith(ended, 2)
  assert.equal(ended.stdout, '')
  assert.match(ended.stderr, /✖ all\.json.* is not JSON: /)
})

inProject('column names such as __proto__ are fields like any other', async (project) => {
  await project.write('rows.csv', '__proto__,constructor,a\n1,2,3\n')
  await project.write('rows.json', '[{"__proto__":{"a":1},"constructor":{"prototype":{"a":1}}}]')
  for (const on of ['processes', 'serial']) {
    const ended = await project.run(['tasks.mjs#fields', '@rows.csv', '@rows.json', '--on', on])
    endedWith(ended, 0)
    assert.equal(
      ended.stdout,
      '{"keys":["__proto__","constructor","a"],"isPlain":true,"polluted":false}\n' +
        '{"keys":["__proto__","constructor"],"isPlain":true,"polluted":false}\n',
    )
  }
})

inProject('a file that cannot be read any more ends the run; results before it are written', async (project) => {
  // More than is read ahead: the other file is opened when the first results are there.
  const lines = Array.from({ length: 30_000 }, (_, index) => String(index).padEnd(300, '.'))
  await project.write('list.txt', ['rm:gone.csv', ...lines].join('\n'))
  await project.write('gone.csv', 'a\n1\n')
  const ended = await project.run(['tasks.mjs#removes', '@list.txt', '@gone.csv', '-j', '1', '-o', 'out.jsonl'])
  endedWith(ended, 3)
  assert.deepEqual(values(await project.read('out.jsonl')), ['rm:gone.csv', ...lines])
  assert.match(ended.stderr, /✖ cannot read the inputs in gone\.csv: ENOENT/)
  assert.match(ended.stderr, /30,001 ok, 1 not done/)
})

inProject('files that there are not, and what is no file', async (project) => {
  for (const [args, message] of [
    [['@-'], /there is no file "-".* For stdin write "-"/],
    [['@'], /"@" names no file/],
    [['x', '--format', 'cvs'], /--format: expected .*Did you mean "csv"\?/],
  ] as const) {
    const ended = await project.run(['tasks.mjs', ...args])
    endedWith(ended, 2)
    assert.match(ended.stderr, message)
  }
})

inProject(
  'stdin that is a folder is wrong usage',
  async (project) => {
    const script = '"$0" "$@" < .'
    const folder = await project.command('sh', [
      '-c',
      script,
      process.execPath,
      project.bin,
      'run',
      'tasks.mjs',
      'x',
      '-',
    ]).ended
    endedWith(folder, 2)
    assert.match(folder.stderr, /stdin is a folder/)
  },
  onShell,
)

inProject(
  'a pipe by its name is read once',
  async (project) => {
    const script = `printf 'a,b\\n1,2\\n3\\n' | "$0" "$@"`
    const args = [process.execPath, project.bin, 'run', 'tasks.mjs#whatItGets', '@/dev/stdin', '--format', 'csv']
    const ended = await project.command('sh', ['-c', script, ...args]).ended
    endedWith(ended, 1)
    assert.deepEqual(values(ended.stdout), [[{ a: '1', b: '2' }]])
    assert.match(ended.stderr, /✖ \/dev\/stdin:3: /)
  },
  onShell,
)
