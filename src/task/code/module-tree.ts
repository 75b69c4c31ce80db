import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { packagePath } from './package-path.ts'

/**
 * Matches the specifiers that a module may import, in TypeScript, too. By their look, so it finds too many rather than
 * too few.
 */
const SPECIFIER = /\b(?:from|import|require)\b\s*\(?\s*(["'])([^"'\n]+)\1/g
const ENDINGS = ['', '.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.tsx', '.jsx', '.json', '/index.ts', '/index.js']

/** The hash of each file when this process first read it: the loaded text is assumed to be that one. */
const firstSeen = new Map<string, string>()

/**
 * Hashes modules with everything that they import by relative paths, by the hash of their text; packages by their
 * version.
 *
 * Hashes do not depend on the location of the files. Takes about 0.1 ms per file. A module that cannot be read counts
 * by its name.
 */
export class ModuleTree {
  /** Hashes of files, by their path from the root of their package. */
  readonly files: Map<string, string> = new Map()
  /** Versions of packages, by name. */
  readonly packages: Map<string, string> = new Map()
  /** A file whose text has changed since this process first read it. */
  edited: string | undefined
  /** Files outside any package are identified by their place relative to this one. */
  #first: string | undefined

  /** Returns the hash of a module with everything that it needs. */
  hashOf(url: string): string {
    this.#first ??= url
    const hash = createHash('sha256')
    this.#add(url, hash, new Map())
    return hash.digest('hex')
  }

  /**
   * Returns what a specifier contributes to the hash of code in `from`: a module's own hash, or a package's version.
   */
  importHash(specifier: string, from: string): string {
    this.#first ??= from
    const target = this.#fileOf(specifier, from)
    return target === undefined ? this.#versionOf(specifier, from) : this.hashOf(target)
  }

  #add(url: string, hash: ReturnType<typeof createHash>, seen: Map<string, number>): void {
    const known = seen.get(url)
    if (known !== undefined) {
      hash.update(`\0again ${known}`)
      return
    }
    seen.set(url, seen.size)
    const text = textOf(url)
    if (text === undefined) {
      hash.update(`\0unread ${url}`)
      return
    }
    hash.update(`\0module ${this.#file(url, text)}`)
    if (url.endsWith('.json')) return
    for (const specifier of specifiersIn(text)) {
      hash.update(`\0imports ${specifier}`)
      const target = this.#fileOf(specifier, url)
      if (target === undefined) hash.update(`\0version ${this.#versionOf(specifier, url)}`)
      else this.#add(target, hash, seen)
    }
  }

  #file(url: string, text: string): string {
    const hash = createHash('sha256').update(text).digest('hex')
    this.files.set(packagePath(url, this.#first), hash.slice(0, 16))
    const first = firstSeen.get(url) ?? hash
    firstSeen.set(url, first)
    if (first !== hash) this.edited ??= packagePath(url, this.#first)
    return hash
  }

  /**
   * Finds the user's file that a specifier means; undefined for packages, and for specifiers that cannot be resolved.
   */
  #fileOf(specifier: string, from: string): string | undefined {
    if (!from.startsWith('file:') || specifier.startsWith('node:')) return undefined
    if (/^(?:\.\.?\/|file:)/.test(specifier)) return relativeFile(new URL(specifier, from))
    if (specifier.startsWith('#')) return resolved(specifier, from)
    const folder = packageFolder(specifier, from)
    // A package of the same workspace is edited like any other file.
    return folder === undefined || realpathSync(folder).includes(`${sep}node_modules${sep}`)
      ? undefined
      : resolved(specifier, from)
  }

  #versionOf(specifier: string, from: string): string {
    if (specifier.startsWith('node:')) return ''
    const folder = packageFolder(specifier, from)
    const text = folder === undefined ? undefined : textOf(pathToFileURL(join(folder, 'package.json')).href)
    const version = text === undefined ? '' : (/"version"\s*:\s*"([^"]+)"/.exec(text)?.[1] ?? '')
    if (version !== '') this.packages.set(packageName(specifier), version)
    return version
  }
}

/** Returns the hash of one module with everything that it needs. */
export function moduleTreeHash(url: string): string {
  return new ModuleTree().hashOf(url)
}

/** Returns the specifiers that a piece of code imports. */
export function specifiersIn(text: string): Iterable<string> {
  return new Set([...text.matchAll(SPECIFIER)].map((match) => match[2] as string))
}

function textOf(url: string): string | undefined {
  try {
    return readFileSync(fileURLToPath(url), 'utf8')
  } catch {
    return undefined
  }
}

/** Finds the file of a relative import, as Node, compilers and bundlers do; TypeScript may write `.js` for `.ts`. */
function relativeFile({ href }: URL): string | undefined {
  const bare = href.replace(/[?#].*$/, '')
  const candidates = [...ENDINGS.map((ending) => bare + ending), bare.replace(/\.([cm]?)js$/, '.$1ts')]
  return candidates.find((one) => {
    const path = fileURLToPath(one)
    return existsSync(path) && statSync(path).isFile()
  })
}

/** Finds the file that Node resolves a specifier to, if it is the user's own. */
function resolved(specifier: string, from: string): string | undefined {
  try {
    const path = realpathSync(createRequire(from).resolve(specifier))
    return path.includes(`${sep}node_modules${sep}`) ? undefined : pathToFileURL(path).href
  } catch {
    return undefined
  }
}

function packageName(specifier: string): string {
  return /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier
}

/** Finds the folder of the package that a bare specifier names, upwards from the importing file. */
function packageFolder(specifier: string, from: string): string | undefined {
  if (!from.startsWith('file:')) return undefined
  let folder = dirname(fileURLToPath(from))
  for (;;) {
    const candidate = join(folder, 'node_modules', packageName(specifier))
    if (existsSync(join(candidate, 'package.json'))) return candidate
    const parent = dirname(folder)
    if (parent === folder) return undefined
    folder = parent
  }
}
