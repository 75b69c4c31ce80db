import assert from 'node:assert/strict'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'

import { leftovers, MARK } from './leftovers.js'
import { installPackage, plainEnv, ROOT } from './package.js'
import { type Ended, Running } from './running.js'
import { openTerminal, type Terminal } from './terminal.js'

interface Options {
  /** What comes in on stdin, which is closed then. */
  readonly input?: string
  readonly env?: NodeJS.ProcessEnv
}

/** A folder in a project with the packed package, with the fixture's modules in it. */
export class Project {
  readonly folder: string
  readonly #env: NodeJS.ProcessEnv

  constructor(folder: string) {
    this.folder = folder
    this.#env = { [MARK]: folder }
  }

  /** `manyhands run` with these arguments, until it ends. */
  run(args: readonly string[], options: Options = {}): Promise<Ended> {
    return this.start(['run', ...args], options).ended
  }

  /** Starts `manyhands` with these arguments. */
  start(args: readonly string[], options: Options = {}): Running {
    return this.command(process.execPath, [this.bin, ...args], options)
  }

  /** Starts any program. */
  command(file: string, args: readonly string[], { input, env }: Options = {}): Running {
    return new Running(file, args, this.folder, plainEnv({ ...this.#env, ...env }), input)
  }

  /** Starts a command, as a shell takes it, on a terminal. */
  terminal(command: string, env: NodeJS.ProcessEnv = {}): Terminal {
    return openTerminal(command, this.folder, plainEnv({ ...this.#env, ...env }))
  }

  get bin(): string {
    return join(this.folder, '..', 'node_modules', 'manyhands', 'dist', 'cli', 'main.js')
  }

  async write(name: string, text: string | Uint8Array): Promise<void> {
    await mkdir(join(this.folder, name, '..'), { recursive: true })
    await writeFile(join(this.folder, name), text)
  }

  read(name: string): Promise<string> {
    return readFile(join(this.folder, name), 'utf8')
  }
}

let installed = ''
let fixture = ''
let made = 0

/** Installs the packed package for the tests of a file, each of which gets a copy of a fixture's modules. */
export function usePackage(name: 'tasks' | 'library' | 'pipelines' | 'bundled' = 'tasks'): void {
  fixture = name
  before(async () => {
    installed = await installPackage()
  })
  after(() => rm(installed, { recursive: true, force: true }))
}

/** A test in a folder of its own, which must leave no process behind. */
export function inProject(
  name: string,
  body: (project: Project) => Promise<void>,
  options: { readonly skip?: string | false } = {},
): void {
  test(name, options, async () => {
    const project = new Project(join(installed, `project-${++made}`))
    await cp(join(ROOT, 'test', 'e2e', 'projects', fixture), project.folder, { recursive: true })
    try {
      await body(project)
    } finally {
      const left = await leftovers(project.folder)
      await rm(project.folder, { recursive: true, force: true })
      assert.deepEqual(left, [], 'processes were left behind')
    }
  })
}

/** Fails unless a command ended with this code; says what it printed. */
export function endedWith(ended: Ended, code: number): void {
  assert.equal(ended.code, code, `exit code ${ended.code}, signal ${ended.signal}\n${ended.stdout}\n${ended.stderr}`)
}

/** The values in lines of JSON. */
export function values(lines: string): unknown[] {
  return lines
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown)
}
