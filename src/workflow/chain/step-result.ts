import type { ChainStep } from './chain-step.ts'

/**
 * What a step's function gives, checked and in its final form: the next value, whether to go on, the list of the items, or
 * the key. It can be stored.
 */
export function resultOf(step: ChainStep, returned: unknown): unknown {
  switch (step.kind) {
    case 'filter':
      return Boolean(returned)
    case 'flatMap':
      return listOf(returned)
    case 'key':
      return checkKey(step, returned)
    case 'apply':
      return checkValue(step, returned)
  }
}

function checkValue({ name, consumer }: ChainStep, returned: unknown): unknown {
  if (returned !== undefined || consumer === undefined) return returned
  throw new TypeError(`${name} returned nothing, but ${consumer} needs its value; return null for none`)
}

function checkKey({ name }: ChainStep, returned: unknown): unknown {
  const isOdd = returned === undefined || typeof returned === 'function' || typeof returned === 'symbol'
  if (!isOdd && (typeof returned !== 'object' || returned === null)) return returned
  throw new TypeError(`${name}: a key must be a string, a number or the like, not ${describe(returned)}`)
}

function describe(value: unknown): string {
  return Array.isArray(value) ? 'an array' : value === undefined ? 'nothing' : `a value of type ${typeof value}`
}

function listOf(items: unknown): unknown[] | Promise<unknown[]> {
  if (Array.isArray(items)) return items as unknown[]
  const { [Symbol.iterator]: sync, [Symbol.asyncIterator]: async } = Object(items) as Partial<
    Iterable<unknown> & AsyncIterable<unknown>
  >
  if (typeof sync === 'function') return [...(items as Iterable<unknown>)]
  if (typeof async === 'function') return collect(items as AsyncIterable<unknown>)
  throw new TypeError(`flatMap: expected the function to return an iterable, such as an array, got ${typeof items}`)
}

async function collect(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const list: unknown[] = []
  for await (const item of items) list.push(item)
  return list
}
