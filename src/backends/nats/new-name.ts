import { randomBytes } from 'node:crypto'

/** A name that nobody can guess, as it can stand in a subject: 128 random bits. */
export function newName(): string {
  return randomBytes(16).toString('hex')
}
