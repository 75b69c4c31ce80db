import type { Special } from './codec/special.ts'
import type { Column } from './frames.ts'

/** Few numbers are sent faster one by one: an array of doubles has memory of its own. */
const FEW = 16

/** Values as they are sent: numbers alone as an array of doubles, which costs a tenth. */
export function packColumn(
  values: readonly unknown[],
  specials: readonly (readonly [offset: number, specials: readonly Special[]])[] | undefined,
): Column {
  if (specials !== undefined) return { values, specials }
  const { length } = values
  if (length <= FEW || typeof values[0] !== 'number') return { values }
  const numbers = new Float64Array(length)
  for (let i = 0; i < length; i++) {
    const value = values[i]
    if (typeof value !== 'number') return { values }
    numbers[i] = value
  }
  return { values: numbers }
}
