import { didYouMean, nearestName } from '../../util/nearest-name.ts'
import { usageError } from '../command-error.ts'

/** A parser for one of some words. */
export function oneOfWords<const T extends string>(words: readonly T[], option: string): (text: string) => T {
  return (text) => {
    if (words.includes(text as T)) return text as T
    throw usageError(`${option}: expected ${words.join(', ')}, got "${text}".${didYouMean(nearestName(text, words))}`)
  }
}
