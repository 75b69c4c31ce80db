import type { Special } from '../wire/codec/special.ts'
import type { Column } from '../wire/frames.ts'

/** Values as they are sent: numbers alone as an array of doubles, which costs a tenth. */
export function packColumn(
  values: readonly unknown[],
  specials: readonly (readonly [offset: number, specials: readonly Special[]])[] | undefined,
): Column {
  if (specials !== undefined) return { values, specials }
  const { length } = values
  if (typeof values[0] !== 'number') return { values }
  const numbers = new Float64Array(length)
  for (let i = 0; i < length; i++) {
    const value = values[i]
    if (typeof value !== 'number') return { values }
    numbers[i] = value
  }
  return { values: numbers }
}
