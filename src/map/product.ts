import { checkInputs } from './check-inputs.ts'

type ItemOf<T> = T extends Iterable<infer I> ? I : never
type Tuple<T extends readonly Iterable<unknown>[]> = { -readonly [K in keyof T]: ItemOf<T[K]> }

/**
 * All combinations of the items of some iterables, as tuples, the last one varying fastest; of none, one empty tuple. Lazy.
 *
 * The first iterable is read once; the others are kept in memory, as they are needed again and again.
 *
 * @throws {InvalidArgumentError} for anything that is not iterable.
 */
export function* product<const T extends readonly Iterable<unknown>[]>(
  ...iterables: T
): Generator<Tuple<T>, undefined> {
  iterables.forEach((one, i) => checkInputs(one, `product argument ${i + 1}`))
  const [first, ...others] = iterables
  if (first === undefined) {
    yield [] as unknown as Tuple<T>
    return undefined
  }
  const rest = others.map((one) => [...one])
  for (const item of first) yield* combine([item], rest, 0) as Generator<Tuple<T>>
  return undefined
}

function* combine(
  chosen: readonly unknown[],
  lists: readonly (readonly unknown[])[],
  at: number,
): Generator<readonly unknown[]> {
  const list = lists[at]
  if (list === undefined) yield [...chosen]
  else for (const item of list) yield* combine([...chosen, item], lists, at + 1)
}
