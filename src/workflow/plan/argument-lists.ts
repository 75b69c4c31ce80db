import { InvalidArgumentError } from '../../errors/argument-errors.ts'
import { LazyValue } from '../chain/lazy-value.ts'
import type { NodeSpec } from '../define/node-spec.ts'

/** An item that a run would have; undefined if it is not known before the run. */
export type Planned = LazyValue | undefined

/** Returns the items that each call of a node would get; undefined for those that are not known. */
export async function argumentLists(
  { kind }: NodeSpec,
  name: string,
  streams: readonly (readonly Planned[])[],
): Promise<Iterable<readonly Planned[]>> {
  switch (kind) {
    case 'gather':
      return [streams.map((items) => listOf(items))]
    case 'groupBy':
      return groupsOf(streams[0] ?? [])
    case 'join':
      return combinations(streams)
    default:
      return rowsOf(name, streams)
  }
}

/** Returns all items as one list; undefined if one of them is not known. */
function listOf(items: readonly Planned[]): Planned {
  if (items.includes(undefined)) return undefined
  return new LazyValue(() => Promise.all(items.map((cell) => cell?.value())))
}

async function groupsOf(items: readonly Planned[]): Promise<(readonly Planned[])[]> {
  const pairs = listOf(items)
  if (pairs === undefined) return [[undefined]]
  const groups = new Map<unknown, unknown[]>()
  for (const [key, item] of (await pairs.value()) as (readonly [unknown, unknown])[]) {
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return [...groups].map(([key, group]) => [LazyValue.of(key), LazyValue.of(group)])
}

function* combinations([first, ...others]: readonly (readonly Planned[])[]): Generator<readonly Planned[]> {
  if (first === undefined) return yield []
  for (const item of first) for (const rest of combinations(others)) yield [item, ...rest]
}

function rowsOf(name: string, streams: readonly (readonly Planned[])[]): (readonly Planned[])[] {
  const [first] = streams
  if (first === undefined) return [[]]
  const lengths = streams.map((items) => items.length)
  const length = lengths.includes(0) ? 0 : Math.max(...lengths)
  const isKnown = !streams.some((items) => items.includes(undefined))
  if (isKnown && lengths.some((one) => one !== length && one !== 1)) {
    const expected = 'streams of equal length or of one item, or join() for all combinations'
    throw new InvalidArgumentError(name, expected, lengths.join(', '))
  }
  return Array.from({ length }, (_, i) => streams.map((items) => items[items.length === 1 ? 0 : i]))
}
