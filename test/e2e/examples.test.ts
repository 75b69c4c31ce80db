import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import initSqlJs from 'sql.js'

import { ROOT } from './support/package.js'
import { endedWith, inProject, type Project, usePackage, values } from './support/project.js'

usePackage()

inProject('inspect-file: a row for each file', async (project) => {
  await cp(join(ROOT, 'build', 'examples', 'inspect-file.js'), join(project.folder, 'inspect-file.mjs'))
  await project.write('in/long.TXT', 'all the same\n'.repeat(20_000))
  await project.write('in/short', 'a\nb')
  await project.write('in/empty.js', '')
  const ended = await project.run(['inspect-file.mjs#inspectFile', 'in/*', '--args', '[9]'])
  endedWith(ended, 0)
  const rows = values(ended.stdout) as { path: string; compressedBytes: number; ms: number }[]
  const sizes = rows.map(({ compressedBytes, ms, ...row }) => {
    assert.ok(compressedBytes > 0 && ms >= 0)
    return row
  })
  assert.deepEqual(sizes, [
    { path: 'in/empty.js', extension: '.js', bytes: 0, lines: 0 },
    { path: 'in/long.TXT', extension: '.txt', bytes: 260_000, lines: 20_000 },
    { path: 'in/short', extension: '', bytes: 3, lines: 2 },
  ])
  assert.ok((rows[1]?.compressedBytes ?? Infinity) < 1_000)
})

inProject(
  'inspect-file: what is no file is a failure',
  async (project) => {
    await cp(join(ROOT, 'build', 'examples', 'inspect-file.js'), join(project.folder, 'inspect-file.mjs'))
    await symlink('nowhere', join(project.folder, 'broken'))
    execFileSync('mkfifo', [join(project.folder, 'pipe')])
    const ended = await project.run(['inspect-file.mjs#inspectFile', 'broken', 'pipe', '.', 'tasks.mjs'])
    endedWith(ended, 1)
    assert.equal(values(ended.stdout).length, 1)
    assert.match(ended.stderr, /✖ broken: Error: ENOENT/)
    assert.match(ended.stderr, /✖ pipe: Error: a pipe, not a file/)
    assert.match(ended.stderr, /✖ \.: Error: a folder, not a file/)
    assert.match(ended.stderr, /✔ 1 ok, 3 failed/)
  },
  { skip: process.platform === 'win32' && 'Windows has no such files' },
)

const PHOTOS = join(ROOT, 'node_modules', 'exif-js', 'example')

/** The example, three photographs, and one of them damaged. */
async function bringPhotos(project: Project): Promise<void> {
  await mkdir(join(project.folder, 'node_modules'))
  await symlink(join(ROOT, 'node_modules', 'jpeg-js'), join(project.folder, 'node_modules', 'jpeg-js'), 'junction')
  await project.write('package.json', '{ "type": "module" }')
  for (const name of ['calibrate.js', 'calibrate-photos.js'])
    await cp(join(ROOT, 'build', 'examples', name), join(project.folder, name))
  await mkdir(join(project.folder, 'photos'))
  for (const name of ['Bush-dog.jpg', 'DSCN0614_small.jpg', 'dsc_09827.jpg'])
    await cp(join(PHOTOS, name), join(project.folder, 'photos', name))
  const whole = await readFile(join(PHOTOS, 'Bush-dog.jpg'))
  await writeFile(join(project.folder, 'photos', 'damaged.jpg'), whole.subarray(0, 20_000))
}

inProject('calibrate: photographs through the command, one of them damaged', async (project) => {
  await bringPhotos(project)
  await project.write('camera.json', '{ "dark": 4, "fallOff": 0.3, "bad": [[10, 10], [200, 150]] }')
  const ended = await project.run(['calibrate.js#calibrate', 'photos/*.jpg', '--config', '@camera.json'])
  endedWith(ended, 1)
  const photos = values(ended.stdout) as { name: string; width: number; height: number; stats: { mean: number } }[]
  assert.deepEqual(
    photos.map(({ name, width, height }) => [name, width, height]),
    [
      ['Bush-dog.jpg', 400, 398],
      ['DSCN0614_small.jpg', 400, 300],
      ['dsc_09827.jpg', 400, 266],
    ],
  )
  for (const { stats } of photos) assert.ok(stats.mean > 100 && stats.mean < 160)
  assert.match(ended.stderr, /✖ photos\/damaged\.jpg: step raw: Error: unknown JPEG marker/)
  assert.match(ended.stderr, /^ {2}raw +3 +0 +1 +/m)
  assert.match(ended.stderr, /^ {2}facts +3 +0 +0 +/m)
})

inProject('calibrate-photos: the same as a program', async (project) => {
  await bringPhotos(project)
  const photos = ['Bush-dog.jpg', 'damaged.jpg'].map((name) => join('photos', name))
  const ended = await project.command(process.execPath, ['calibrate-photos.js', ...photos]).ended
  endedWith(ended, 0)
  assert.match(ended.stdout, /^Bush-dog\.jpg: 400 x 398, mean 1\d\d\.\d+\n.*damaged\.jpg: failed in raw, /)
  assert.match(ended.stdout, /stats .* 1 .* 0 .* 0 /)
})

inProject('compare-photos: each beside all, and a picture of the graph with what became of it', async (project) => {
  await bringPhotos(project)
  await cp(join(ROOT, 'build', 'examples', 'compare-photos.js'), join(project.folder, 'compare-photos.js'))
  const ended = await project.command(process.execPath, ['compare-photos.js']).ended
  endedWith(ended, 0)
  const [beside, ...picture] = ended.stdout.trimEnd().split('\n')
  assert.match(beside ?? '', /^\[ [\d.]+, [\d.]+, null, [\d.]+ \]$/)
  assert.equal(picture[0], 'flowchart LR')
  assert.ok(picture.includes('  n1["raw<br>3/4, 1 failed"]:::failed'), ended.stdout)
  assert.ok(picture.includes('  n6["mean of all<br>1"]'), ended.stdout)
})

inProject('store-files: thousands of rows into SQLite, many a transaction, one of them bad', async (project) => {
  await mkdir(join(project.folder, 'node_modules'))
  await symlink(join(ROOT, 'node_modules', 'sql.js'), join(project.folder, 'node_modules', 'sql.js'), 'junction')
  await project.write('package.json', '{ "type": "module" }')
  await cp(join(ROOT, 'build', 'examples', 'store-files.js'), join(project.folder, 'store-files.js'))
  const folder = join(ROOT, 'node_modules')
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.js')).slice(0, 5_000)
  assert.ok(names.length > 1_000, 'packages have many files')
  const rows = names.map((path) => ({ path, bytes: statSync(join(folder, path)).size }))
  const bad = rows.length >> 1
  const lines = rows.map((row, i) => JSON.stringify(i === bad ? { ...row, bytes: -1 } : row))
  await project.write('files.jsonl', lines.join('\n'))
  const ended = await project.run(['store-files.js#insert', '@files.jsonl', '--jobs', '2'])
  endedWith(ended, 1)
  assert.match(ended.stderr, /CHECK constraint failed: bytes >= 0/)
  const together = values(ended.stdout) as number[]
  assert.equal(together.length, rows.length - 1)
  assert.ok(together.includes(500))
  const { Database } = await initSqlJs()
  const stored: string[] = []
  for (const name of (await readdir(project.folder)).filter((one) => one.endsWith('.sqlite'))) {
    const database = new Database(await readFile(join(project.folder, name)))
    for (const [path] of database.exec('SELECT path FROM files')[0]?.values ?? []) stored.push(String(path))
    database.close()
  }
  assert.deepEqual(stored.toSorted(), names.filter((_, i) => i !== bad).toSorted())
})

inProject(
  'text-kinds: a neural network that is trained here, called with 64 texts at once, and with one',
  async (project) => {
    await mkdir(join(project.folder, 'node_modules'))
    const runtime = 'onnxruntime-web'
    await symlink(join(ROOT, 'node_modules', runtime), join(project.folder, 'node_modules', runtime), 'junction')
    await project.write('package.json', '{ "type": "module" }')
    for (const name of ['text-kinds.js', 'train-kinds.js'])
      await cp(join(ROOT, 'build', 'examples', name), join(project.folder, name))
    const trained = await project.command(process.execPath, ['train-kinds.js', join(ROOT, 'node_modules')]).ended
    endedWith(trained, 0)
    const lines =
      /^trained with \d+ texts\n64 a call: \d+ texts a second, (\d+) % right\n1 a call: \d+ .* (\d+) % right\n$/
    const [, together, alone] = lines.exec(trained.stdout) ?? []
    assert.ok(Number(together) > 75 && together === alone, trained.stdout)
    // A text that is none fails its call, and then alone.
    const texts = ['{ "name": "many", "version": "1.2.3", "files": ["a", "b"], "main": "./index.js" }', null]
    await project.write('texts.jsonl', texts.map((text) => JSON.stringify(text)).join('\n'))
    const ended = await project.run(['text-kinds.js#kindOf', '@texts.jsonl'])
    endedWith(ended, 1)
    assert.deepEqual(
      (values(ended.stdout) as { kind: string }[]).map(({ kind }) => kind),
      ['json'],
    )
  },
)
