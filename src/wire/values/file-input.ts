import { resolve } from 'node:path'
import { inspect } from 'node:util'

import { fileDigest } from '../../util/digest.ts'
import { processWide } from '../../util/own-package.ts'

const BRAND: unique symbol = Symbol.for('manyhands.file')

/** The files that the value being hashed holds. Shared with other copies of this package. */
const hashing = processWide('hashing', (): { files?: Map<string, string> | undefined } => ({}))

/** Collects the digests of the files that count in a hash while it is made, by their absolute paths. */
export function collectFiles<T>(into: Map<string, string>, make: () => T): T {
  const around = hashing.files
  hashing.files = into
  try {
    return make()
  } finally {
    hashing.files = around
  }
}

/** A file as an argument: tasks get its `path`; a cache identifies it by its content. */
export class FileInput {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  toString(): string {
    return this.path
  }

  toJSON(): string {
    return this.path
  }

  static {
    Object.defineProperties(this.prototype, {
      [BRAND]: { value: true },
      /** The identity of the file in a cache. */
      [Symbol.for('manyhands.hash')]: {
        value(this: FileInput): string {
          const digest = fileDigest(this.path)
          hashing.files?.set(resolve(this.path), digest)
          return digest
        },
      },
      [inspect.custom]: {
        value(this: FileInput): string {
          return `file(${inspect(this.path)})`
        },
      },
    })
  }
}

/** Recognises files by brand: code in workers may have another copy of the class. */
export function isFileInput(value: object): value is FileInput {
  return (value as { [BRAND]?: unknown })[BRAND] === true
}
