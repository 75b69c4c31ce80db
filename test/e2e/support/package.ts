import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the repository, from the compiled tests. */
export const ROOT: string = fileURLToPath(new URL('../../../../', import.meta.url))

/** What the test runner or npm tells its own children would change what happens in a project. */
export function plainEnv(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([name]) => !/^(NODE_|npm_|FORCE_COLOR|NO_COLOR)/.test(name))
  return { ...Object.fromEntries(entries), ...more }
}

/** The package as it would be published: packed once for all test files of a run. */
async function tarball(): Promise<string> {
  const folder = join(ROOT, 'build', 'packed')
  const built = Math.round((await stat(join(ROOT, 'dist', 'cli', 'main.js'))).mtimeMs)
  const packed = join(folder, `manyhands-${built}.tgz`)
  await mkdir(folder, { recursive: true })
  if ((await readdir(folder)).includes(`manyhands-${built}.tgz`)) return packed
  const own = await mkdtemp(join(folder, 'new-'))
  await npm(['pack', '--ignore-scripts', '--pack-destination', own], ROOT)
  const [file = ''] = await readdir(own)
  await rename(join(own, file), packed)
  await rm(own, { recursive: true })
  return packed
}

/** Installs the packed package in an empty folder far from the repository. Gives the folder. */
export async function installPackage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'manyhands-e2e-'))
  await writeFile(join(folder, 'package.json'), '{ "name": "empty", "private": true }\n')
  await npm(['install', await tarball(), '--no-audit', '--no-fund', '--prefer-offline'], folder)
  return folder
}

function npm(args: readonly string[], cwd: string): Promise<void> {
  const isWindows = process.platform === 'win32'
  return new Promise((resolve, reject) => {
    const options = { cwd, env: plainEnv(), shell: isWindows, timeout: 120_000 }
    const child = execFile(isWindows ? 'npm.cmd' : 'npm', args, options, (error, stdout, stderr) => {
      if (error === null) resolve()
      else reject(new Error(`npm ${args.join(' ')}\n${stdout}\n${stderr}`, { cause: error }))
    })
    child.stdin?.end()
  })
}
