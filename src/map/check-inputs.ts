import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { describeValue } from '../options/describe-value.ts'
import { type RowBlock, rowCount } from '../rows/row-block.ts'
import { RowSupply } from '../rows/row-supply.ts'
import { sizeOf } from '../run/source/input-source.ts'
import { maskError, type SkipRule } from '../settings/skip-rule.ts'

/** Anything that a run can read its inputs from. */
export type Items<I> = Iterable<I> | AsyncIterable<I>

/** @throws {InvalidArgumentError} if the inputs are not iterable. `option` names them in the message. */
export function checkInputs(inputs: unknown, option = 'inputs'): asserts inputs is Items<unknown> {
  if (inputs !== null && inputs !== undefined) {
    const { [Symbol.iterator]: sync, [Symbol.asyncIterator]: async } = Object(inputs) as Partial<
      Iterable<unknown> & AsyncIterable<unknown>
    >
    if (typeof sync === 'function' || typeof async === 'function') return
  }
  throw new InvalidArgumentError(option, 'an array or another iterable or async iterable', describeValue(inputs))
}

/**
 * Checks that there are as many inputs as a mask says, at once if their number is known, else when they have been read.
 *
 * @throws {InvalidArgumentError} if there are not.
 */
export function asLongAs(inputs: Items<unknown>, rule: SkipRule | undefined): Items<unknown> {
  const count = rule?.count
  if (count === undefined) return inputs
  if (inputs instanceof RowSupply) return new CountedRows(inputs, count)
  const size = sizeOf(inputs)
  if (size === count) return inputs
  if (size !== undefined) throw maskError(count, size)
  return Symbol.asyncIterator in inputs ? countedAsync(inputs, count) : counted(inputs, count)
}

function* counted(inputs: Iterable<unknown>, count: number): Generator {
  let read = 0
  for (const input of inputs) {
    read++
    yield input
  }
  if (read < count) throw maskError(count, read)
}

async function* countedAsync(inputs: AsyncIterable<unknown>, count: number): AsyncGenerator {
  let read = 0
  for await (const input of inputs) {
    read++
    yield input
  }
  if (read < count) throw maskError(count, read)
}

/** Rows of which there must be as many as a mask says. */
class CountedRows extends RowSupply {
  readonly #rows: RowSupply
  readonly #count: number

  constructor(rows: RowSupply, count: number) {
    super()
    this.#rows = rows
    this.#count = count
  }

  async *blocks(): AsyncGenerator<RowBlock, void, undefined> {
    let read = 0
    for await (const block of this.#rows.blocks()) {
      read += rowCount(block)
      yield block
    }
    if (read < this.#count) throw maskError(this.#count, read)
  }

  count(): number | undefined {
    return this.#rows.count()
  }
}
