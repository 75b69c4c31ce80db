import { inspect } from 'node:util'

import { fileDigest } from '../../util/digest.ts'

const BRAND: unique symbol = Symbol.for('manyhands.file')

/** A file as an argument: tasks get its `path`; a cache knows it by its content. */
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
      /** What a cache knows it by. */
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

/** By brand: a worker has a class of its own, and the code that runs there another. */
export function isFileInput(value: object): value is FileInput {
  return (value as { [BRAND]?: unknown })[BRAND] === true
}
