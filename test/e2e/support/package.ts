import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the repository, from the compiled tests. */
export const ROOT: string = fileURLToPath(new URL('../../../../', import.meta.url))

/** What the test runner or npm tells its own children would change what happens in a project. */
export function plainEnv(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([name]) => !/^(NODE_|npm_|FORCE_COLOR|NO_COLOR)/.test(name))
  return { ...Object.fromEntries(entries), ...more }
}

/** Where test files share what each would have to make otherwise: the package as it is published, and as it is installed. */
const SHARED = join(ROOT, 'build', 'packed')

/** Makes a file or folder once for all test files of a run, which may come at the same time. Gives its path. */
async function once(name: string, make: (path: string) => Promise<void>): Promise<string> {
  const built = Math.round((await stat(join(ROOT, 'dist', 'cli', 'main.js'))).mtimeMs)
  const shared = join(SHARED, `${built}-${name}`)
  await mkdir(SHARED, { recursive: true })
  if (existsSync(shared)) return shared
  const own = await mkdtemp(join(SHARED, 'new-'))
  await make(join(own, name))
  await rename(join(own, name), shared).catch((error: unknown) => {
    // Another file was quicker.
    if (!existsSync(shared)) throw error
  })
  await rm(own, { recursive: true })
  return shared
}

/** The package as it would be published. Gives the path of the file. */
export function packageFile(): Promise<string> {
  return once('manyhands.tgz', async (path) => {
    const folder = dirname(path)
    await npm(['pack', '--ignore-scripts', '--pack-destination', folder], ROOT)
    const [file = ''] = await readdir(folder)
    await rename(join(folder, file), path)
  })
}

/** What npm printed, in the folder of an installation. */
export const INSTALL_LOG = 'install.log'

/** The packed package, installed in a folder. */
function installation(): Promise<string> {
  return once('installed', async (folder) => {
    await mkdir(folder)
    await writeFile(join(folder, 'package.json'), '{ "name": "empty", "private": true }\n')
    const args = ['install', await packageFile(), '--no-audit', '--no-fund', '--prefer-offline']
    await writeFile(join(folder, INSTALL_LOG), await npm(args, folder))
  })
}

/** Installs the packed package in a folder far from the repository. Gives the folder. */
export async function installPackage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'manyhands-e2e-'))
  await cp(await installation(), folder, { recursive: true, verbatimSymlinks: true })
  return folder
}

/** Gives what npm printed. */
function npm(args: readonly string[], cwd: string): Promise<string> {
  const isWindows = process.platform === 'win32'
  return new Promise((resolve, reject) => {
    const options = { cwd, env: plainEnv(), shell: isWindows, timeout: 120_000 }
    const child = execFile(isWindows ? 'npm.cmd' : 'npm', args, options, (error, stdout, stderr) => {
      if (error === null) resolve(`${stdout}${stderr}`)
      else reject(new Error(`npm ${args.join(' ')}\n${stdout}\n${stderr}`, { cause: error }))
    })
    child.stdin?.end()
  })
}
