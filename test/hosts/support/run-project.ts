import assert from 'node:assert/strict'
import { execFile, type ExecFileException } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** The folder of the repository, from the compiled tests. */
const ROOT = new URL('../../../../', import.meta.url)

export const PROJECTS: URL = new URL('test/hosts/projects/', ROOT)

/** One use of the library in a project, as the project printed it. */
export interface Shown {
  readonly name: string
  readonly value?: unknown
  readonly error?: string
  readonly message?: string
  readonly frames?: readonly string[]
}

/** Runs a program and gives what it printed; rejects with its output where it fails. */
export function run(
  command: string,
  args: readonly string[],
  folder: URL,
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    // What the test runner tells its own children would change how a project runs.
    const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...inherited } = process.env
    const options = { cwd: fileURLToPath(folder), env: { ...inherited, ...env }, timeout: 120_000 }
    execFile(command, args, options, (error: ExecFileException | null, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`, { cause: error }))
    })
  })
}

/** The path of a program in the packages of a project, which are installed if need be; or why it cannot be had here. */
export async function installed(folder: URL, program: string): Promise<string | { readonly missing: string }> {
  const path = fileURLToPath(new URL(`node_modules/${program}`, folder))
  const lock = new URL('package-lock.json', folder)
  const marker = new URL('node_modules/.package-lock.json', folder)
  // Not those of an older lock file.
  if (existsSync(path) && statSync(marker).mtimeMs >= statSync(lock).mtimeMs) return path
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  try {
    await run(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], folder)
    return path
  } catch (error) {
    return { missing: `${program} could not be installed: ${(error as Error).message.split('\n').at(-1)}` }
  }
}

/** What a project showed under a name; an error that it did not expect fails the test. */
export function valueIn(shown: ReadonlyMap<string, Shown>, name: string): unknown {
  const one = shown.get(name)
  if (one?.error !== undefined) throw new Error(`${name}: ${one.error}: ${one.message}\n${one.frames?.join('\n')}`)
  return one?.value
}

/** Where a text stands in a file of a project, as stacks and messages have it: `main.js:12`. */
async function lineOf(project: string, file: string, text: string): Promise<string> {
  const lines = (await readFile(new URL(`${project}/${file}`, PROJECTS), 'utf8')).split('\n')
  return `${file}:${lines.findIndex((line) => line.includes(text)) + 1}`
}

/** Runs the main file of a project and gives what it showed, by name. */
export async function runProject(
  project: string,
  args: readonly string[],
  node: string = process.execPath,
): Promise<Map<string, Shown>> {
  const output = await run(node, args, new URL(`${project}/`, PROJECTS))
  const shown = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Shown)
  return new Map(shown.map((one) => [one.name, one]))
}

/** The tsx of this repository. */
export const TSX: string = fileURLToPath(new URL('node_modules/tsx/dist/cli.mjs', ROOT))

/** A Node of another major version, if it is installed. */
export function nodeOfVersion(major: number): string | undefined {
  if (Number.parseInt(process.versions.node, 10) === major) return process.execPath
  const path = fileURLToPath(new URL(`.ci/runtimes/node_modules/node-${major}/bin/node`, ROOT))
  return existsSync(path) ? path : undefined
}

/** Fails unless the first frame of an error is where a text stands in a file. */
export async function throwsAt(
  shown: ReadonlyMap<string, Shown>,
  name: string,
  project: string,
  file: string,
  text: string,
): Promise<void> {
  const frame = shown.get(name)?.frames?.[0] ?? ''
  assert.ok(frame.includes(`${project}/${await lineOf(project, file, text)}:`), frame)
}

/** Fails unless `counter` was refused where a text stands in a file. */
export async function refusedAt(
  shown: ReadonlyMap<string, Shown>,
  project: string,
  file: string,
  text: string,
): Promise<void> {
  const message = shown.get('refused')?.message ?? ''
  assert.ok(message.includes(`"counter" (captured at ${await lineOf(project, file, text)})`), message)
}
