import { inspect } from 'node:util'

import { fileDigest } from '../../util/digest.ts'

const BRAND: unique symbol = Symbol.for('manyhands.file')

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
          return fileDigest(this.path)
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
