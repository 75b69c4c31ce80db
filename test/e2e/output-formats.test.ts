import assert from 'node:assert/strict'
import { mkdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'

import { rows } from 'manyhands/files'

import { ROOT } from './support/package.js'
import { endedWith, inProject, type Project, usePackage } from './support/project.js'

usePackage()

const TWICE = `export default ({ id, note }) => {
  if (id === 'bad') throw new Error('bad')
  if (id === 'more') return { id, twice: 0, more: true }
  return { id, twice: 2 * id, ...(note && { note }) }
}
`

async function bytesOf(project: Project, name: string): Promise<Buffer> {
  return readFile(join(project.folder, name))
}

async function withRows(project: Project, ...ids: readonly string[]): Promise<void> {
  await project.write('twice.mjs', TWICE)
  await project.write('rows.csv', `id\n${ids.join('\n')}\n`)
}

inProject('-o .csv and .tsv: a column for each field of the first result; failures have no row', async (project) => {
  await withRows(project, '1', 'bad', '2')
  endedWith(await project.run(['twice.mjs', '@rows.csv', '-o', 'out.csv']), 1)
  assert.equal(await project.read('out.csv'), 'id,twice\n1,2\n2,4\n')
  endedWith(await project.run(['twice.mjs', '@rows.csv', '-o', 'out.tsv']), 1)
  assert.equal(await project.read('out.tsv'), 'id\ttwice\n1\t2\n2\t4\n')
  endedWith(await project.run(['tasks.mjs', 'a', 'b,c', '-o', 'texts.csv']), 0)
  assert.equal(await project.read('texts.csv'), 'value\na!\n"b,c!"\n')
})

inProject('-o .csv: a result with another field than the first one is a failure of its input', async (project) => {
  await withRows(project, '1', 'more', '2')
  const ended = await project.run(['twice.mjs', '@rows.csv', '-o', 'out.csv', '-j', '1'])
  endedWith(ended, 1)
  assert.equal(await project.read('out.csv'), 'id,twice\n1,2\n2,4\n')
  assert.match(ended.stderr, /cannot write a row to out\.csv: it has a field "more", which the first row had not/)
  assert.match(ended.stderr, /2 ok, 1 failed/)
})

inProject('-o .json is an array, also of nothing', async (project) => {
  await withRows(project, '1', '2')
  endedWith(await project.run(['twice.mjs', '@rows.csv', '-o', 'out.json']), 0)
  assert.deepEqual(JSON.parse(await project.read('out.json')), [
    { id: '1', twice: 2 },
    { id: '2', twice: 4 },
  ])
  endedWith(await project.run(['twice.mjs', '@rows.csv', '--limit', '0', '-o', 'out.json']), 0)
  assert.equal(await project.read('out.json'), '[]\n')
})

inProject('-o .gz and .br: compressed', async (project) => {
  const ids = Array.from({ length: 30_000 }, (_, index) => String(index))
  await withRows(project, ...ids)
  const jsonl = ids.map((id) => `{"id":"${id}","twice":${2 * Number(id)}}\n`).join('')
  endedWith(await project.run(['twice.mjs', '@rows.csv', '-o', 'out.jsonl.gz']), 0)
  assert.equal(gunzipSync(await bytesOf(project, 'out.jsonl.gz')).toString(), jsonl)
  endedWith(await project.run(['twice.mjs', '@rows.csv', '-o', 'out.jsonl.br']), 0)
  assert.equal(brotliDecompressSync(await bytesOf(project, 'out.jsonl.br')).toString(), jsonl)
  endedWith(await project.run(['twice.mjs', '@rows.csv', '-o', 'out.csv.gz']), 0)
  const csv = `id,twice\n${ids.map((id) => `${id},${2 * Number(id)}\n`).join('')}`
  assert.equal(gunzipSync(await bytesOf(project, 'out.csv.gz')).toString(), csv)
})

for (const [name, decompress] of [
  ['out.csv', String],
  ['out.csv.gz', (bytes: Buffer) => gunzipSync(bytes).toString()],
] as const) {
  inProject(`--resume adds rows to ${name}, below the header that is there`, async (project) => {
    await withRows(project, '1', '2', '3', 'more')
    endedWith(await project.run(['twice.mjs', '@rows.csv', '--limit', '2', '-o', name]), 0)
    const ended = await project.run(['twice.mjs', '@rows.csv', '-o', name, '--resume'])
    endedWith(ended, 1)
    assert.equal(decompress(await bytesOf(project, name)), 'id,twice\n1,2\n2,4\n3,6\n')
    assert.match(ended.stderr, /1 ok, 1 failed, 2 skipped/)
  })
}

inProject('--resume adds lines to .jsonl.gz', async (project) => {
  await withRows(project, '1', '2', '3')
  endedWith(await project.run(['twice.mjs', '@rows.csv', '--limit', '2', '-o', 'out.jsonl.gz']), 0)
  endedWith(await project.run(['twice.mjs', '@rows.csv', '-o', 'out.jsonl.gz', '--resume']), 0)
  const lines = gunzipSync(await bytesOf(project, 'out.jsonl.gz'))
    .toString()
    .trimEnd()
    .split('\n')
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { id: string }).id),
    ['1', '2', '3'],
  )
})

inProject('results cannot be added to files with an end: that is told before anything runs', async (project) => {
  await withRows(project, '1', '2')
  for (const name of ['out.json', 'out.jsonl.br']) {
    endedWith(await project.run(['twice.mjs', '@rows.csv', '--limit', '1', '-o', name]), 0)
    const before = await bytesOf(project, name)
    const ended = await project.run(['twice.mjs', '@rows.csv', '-o', name, '--resume'])
    endedWith(ended, 2)
    assert.match(ended.stderr, /-o out\.\S+: results cannot be added to such a file.* another file/)
    assert.deepEqual(await bytesOf(project, name), before)
  }
})

inProject('a run that cannot start leaves compressed files and tables as they were', async (project) => {
  for (const name of ['out.csv', 'out.csv.gz', 'out.json', 'out.jsonl.br']) {
    await project.write(name, 'before')
    endedWith(await project.run(['tasks.mjs#lost', 'a', '-o', name]), 3)
    assert.equal(await project.read(name), 'before')
  }
})

inProject('-o .parquet, and @ of one: with the packages, else a line says which', async (project) => {
  await withRows(project, '1', 'bad', '2')
  const without = await project.run(['twice.mjs', '@rows.csv', '-o', 'out.parquet'])
  endedWith(without, 3)
  assert.match(without.stderr, /✖ Parquet needs a package that is not installed: npm i hyparquet-writer\n/)
  await linkPackages(project, 'hyparquet', 'hyparquet-compressors', 'hyparquet-writer')
  await writesAndReads(project, 'out.parquet')
})

inProject('-o .arrow, and @ of one: with the package, else a line says which', async (project) => {
  await withRows(project, '1', 'bad', '2')
  const without = await project.run(['twice.mjs', '@rows.csv', '-o', 'out.arrow'])
  endedWith(without, 3)
  assert.match(without.stderr, /✖ Arrow needs a package that is not installed: npm i @uwdata\/flechette\n/)
  await mkdir(join(project.folder, '..', 'node_modules', '@uwdata'), { recursive: true })
  await linkPackages(project, '@uwdata/flechette')
  await writesAndReads(project, 'out.arrow')
})

async function linkPackages(project: Project, ...names: readonly string[]): Promise<void> {
  for (const name of names)
    await symlink(join(ROOT, 'node_modules', name), join(project.folder, '..', 'node_modules', name), 'junction')
}

/** A table is written, read back, and not added to. */
async function writesAndReads(project: Project, name: string): Promise<void> {
  endedWith(await project.run(['twice.mjs', '@rows.csv', '-o', name]), 1)
  const read: unknown[] = []
  for await (const row of rows(join(project.folder, name))) read.push(row)
  assert.deepEqual(read, [
    { id: '1', twice: 2 },
    { id: '2', twice: 4 },
  ])
  const again = await project.run(['tasks.mjs#whatItGets', `@${name}`])
  endedWith(again, 0)
  assert.equal(again.stdout, '[{"id":"1","twice":2}]\n[{"id":"2","twice":4}]\n')
  const resumed = await project.run(['twice.mjs', '@rows.csv', '-o', name, '--resume'])
  endedWith(resumed, 2)
}
