import { type BigIntStats, fstatSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import { isPattern } from '../../files/match-files.ts'
import { type CommandError, usageError } from '../command-error.ts'
import type { RunFlags } from '../flags/run-flags.ts'
import { readArgument } from '../inputs/input-argument.ts'
import type { TaskReference } from '../module/find-task.ts'

/** A file that a run writes. */
interface Written {
  /** The flag by which the user named it: `-o c.txt`. */
  readonly as: string
  /** A word for its content: `results`. */
  readonly what: string
  /** Undefined for a redirected stdout, whose name is not known. */
  readonly path: string | undefined
  /** Undefined if it does not exist yet. */
  readonly stat: BigIntStats | undefined
}

/** The files that a run writes. None of them may be one that it reads: its task would read what others wrote. */
export class WrittenFiles {
  readonly #files: readonly Written[]
  readonly #cache: string | undefined

  readonly #resumes: boolean
  readonly #warn: (message: string) => void

  constructor(
    flags: Pick<RunFlags, 'output' | 'log' | 'report' | 'trace' | 'cache' | 'resume'>,
    warn: (message: string) => void,
  ) {
    const { output, log, report, trace, cache, resume } = flags
    this.#resumes = resume !== undefined
    this.#warn = warn
    const files: Written[] = []
    if (output === undefined || output === '-') {
      const stat = look(() => fstatSync(1, { bigint: true }))
      // A terminal, a pipe or a device does not give back what is appended to it.
      if (stat?.isFile() === true) files.push({ as: 'stdout', what: 'results need', path: undefined, stat })
    } else files.push(written('-o', output, 'results need'))
    if (log !== undefined) files.push(written('--log', log, 'the job log needs'))
    if (report !== undefined) files.push(written('--report', report, 'the report needs'))
    if (trace !== undefined) files.push(written('--trace', trace, 'the trace needs'))
    this.#files = files
    this.#cache = cache === undefined ? undefined : realPath(cache)
  }

  /**
   * Makes sure that none is the module that is to run, or stands for an input.
   *
   * @throws {CommandError} if one is.
   */
  refuseFor(texts: readonly string[], literal: boolean, { url }: TaskReference): void {
    const isModule = url.protocol === 'file:' ? this.#sameAs(fileURLToPath(url)) : undefined
    if (isModule !== undefined) throw refusal(isModule, 'this is the module that is to run')
    if (texts.length === 0) this.#refuseStdin()
    for (const text of texts) {
      const arg = readArgument(text, literal)
      if (arg.kind === 'stdin') this.#refuseStdin()
      else if (arg.kind === 'value') this.#refuse(arg.value, `${arg.value} is one of the inputs`)
      else if (arg.kind === 'file' && !isPattern(arg.path)) this.#refuse(arg.path, 'this is where the inputs come from')
    }
  }

  /**
   * Returns true if a file that a pattern matches is an input, false for the results of the run that is resumed: they
   * were none when it began.
   *
   * @throws {CommandError} if it is a file that is written.
   */
  admits(file: string, pattern: string): boolean {
    const one = this.#sameAs(file)
    if (one === undefined) {
      this.#refuseInCache(file)
      return true
    }
    if (this.#resumes && one.as.startsWith('-o ')) {
      this.#warn(`${file}, to which the results go, is left out of the inputs that "${pattern}" matches`)
      return false
    }
    throw refusal(one, `the pattern "${pattern}" matches ${file}, which is then one of the inputs`)
  }

  #refuse(path: string, why: string): void {
    const one = this.#sameAs(path)
    if (one !== undefined) throw refusal(one, why)
    this.#refuseInCache(path)
  }

  /** Returns the written file that is at a path, perhaps by a link. */
  #sameAs(path: string): Written | undefined {
    const stat = this.#files.some((one) => one.stat !== undefined) ? statOf(path) : undefined
    return this.#files.find(
      (one) =>
        (one.path !== undefined && resolve(path) === one.path) ||
        (one.stat?.isFile() === true && isSameFile(one.stat, stat)),
    )
  }

  #refuseInCache(path: string): void {
    if (this.#cache !== undefined && isWithin(this.#cache, path))
      throw usageError(`--cache: ${path} is one of the inputs, and lies in the folder of the cache, which is written`)
  }

  #refuseStdin(): void {
    const stat = look(() => fstatSync(0, { bigint: true }))
    if (stat?.isFile() !== true) return
    for (const one of this.#files) {
      if (isSameFile(one.stat, stat)) throw refusal(one, 'this is where the inputs come from')
    }
  }
}

function refusal({ as, what }: Written, why: string): CommandError {
  return usageError(`${as}: ${why}; ${what} a file of ${what.endsWith('needs') ? 'its' : 'their'} own`)
}

function written(flag: string, path: string, what: string): Written {
  return { as: `${flag} ${path}`, what, path: resolve(path), stat: statOf(path) }
}

/** Returns the path without links, also of a file that does not exist yet. */
function realPath(path: string): string {
  const full = resolve(path)
  try {
    return realpathSync(full)
  } catch {
    try {
      return join(realpathSync(dirname(full)), basename(full))
    } catch {
      return full
    }
  }
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, realPath(path))
  return way !== '' && !way.startsWith('..') && statOf(path) !== undefined
}

function isSameFile(one: BigIntStats | undefined, other: BigIntStats | undefined): boolean {
  return one !== undefined && other !== undefined && one.ino === other.ino && one.dev === other.dev
}

function statOf(path: string): BigIntStats | undefined {
  return look(() => statSync(path, { bigint: true }))
}

function look(at: () => BigIntStats): BigIntStats | undefined {
  try {
    return at()
  } catch {
    return undefined
  }
}
