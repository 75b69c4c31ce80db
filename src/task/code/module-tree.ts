import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { packagePath } from './package-path.ts'

/** What a module may import: found by its look, so that it finds too much rather than too little, in TypeScript, too. */
const SPECIFIER = /\b(?:from|import|require)\b\s*\(?\s*(["'])([^"'\n]+)\1/g
const ENDINGS = ['', '.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.tsx', '.jsx', '.json', '/index.ts', '/index.js']

/** The hash of each file as this process saw it first: what was loaded is of that text, or nobody knows. */
const firstSeen = new Map<string, string>()

/**
 * Modules and all that they import by relative paths, by the hash of their text; packages by their version.
 *
 * Hashes do not depend on where the files lie. About 0.1 ms a file. A module that cannot be read counts by its name.
 */
export class ModuleTree {
  /** Hashes of files, by their path from the root of their package. */
  readonly files: Map<string, string> = new Map()
  /** Versions of packages, by name. */
  readonly packages: Map<string, string> = new Map()
  /** A file whose text is not what it was when this process first saw it. */
  edited: string | undefined
  /** Where there is no package files are known by their place beside this one. */
  #first: string | undefined

  /** The hash of a module with all that it needs. */
  hashOf(url: string): string {
    this.#first ??= url
    const hash = createHash('sha256')
    this.#add(url, hash, new Map())
    return hash.digest('hex')
  }

  /** What a specifier means for the hash of code that stands in `from`: a module's own hash, or a package's version. */
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

  /** The file of the user's that a specifier means; undefined for packages and what cannot be found. */
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

/** The hash of one module with all that it needs. */
export function moduleTreeHash(url: string): string {
  return new ModuleTree().hashOf(url)
}

/** What a piece of code imports. */
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

/** The file that a relative import means, as Node, compilers and bundlers find it; TypeScript may write `.js` for `.ts`. */
function relativeFile({ href }: URL): string | undefined {
  const bare = href.replace(/[?#].*$/, '')
  const candidates = [...ENDINGS.map((ending) => bare + ending), bare.replace(/\.([cm]?)js$/, '.$1ts')]
  return candidates.find((one) => {
    const path = fileURLToPath(one)
    return existsSync(path) && statSync(path).isFile()
  })
}

/** The file that Node finds for a specifier, where it is the user's own. */
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

/** Where the package lies that a bare specifier names, looked for upwards from the importing file. */
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
