import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { inspect } from 'node:util'

import { map, Pool, task, TaskError } from 'manyhands'

import type { CaseFunction } from '../case.js'

const ANYTHING = [
  null,
  undefined,
  'a text',
  '',
  42,
  0,
  Number.NaN,
  -0,
  false,
  true,
  12n,
  { a: [1, { b: null }] },
  [],
  [1],
]

/** Throws one of the things above; what is asked for beyond them succeeds. */
export function throwAnything(i: number): string {
  // oxlint-disable-next-line no-throw-literal -- that is the fault
  if (i < ANYTHING.length) throw ANYTHING[i]
  return 'fine'
}

export async function rejectWithAnything(i: number): Promise<string> {
  await new Promise((resolve) => setImmediate(resolve))
  return throwAnything(i)
}

/** F1: whatever is thrown is a failure, and is the cause as it was. */
export const anything: CaseFunction = async ({ backend }) => {
  const inputs = [...ANYTHING.keys(), ANYTHING.length, ANYTHING.length]
  for (const fn of [throwAnything, rejectWithAnything] as ((i: number) => string | Promise<string>)[]) {
    for (const concurrency of [1, 4]) {
      const outcomes = await map(inputs, fn, { backend, onError: 'return', workers: 2, concurrency })
      for (const [i, thrown] of ANYTHING.entries()) {
        const error = outcomes[i]
        assert.ok(error instanceof TaskError, `${inspect(thrown)} gave ${inspect(error)}`)
        assert.ok('cause' in error)
        assert.deepStrictEqual(error.cause, thrown)
        assert.ok(error.message.startsWith(`${fn.name}[${i}] failed: `), error.message)
      }
      assert.deepEqual(outcomes.slice(ANYTHING.length), ['fine', 'fine'])
    }
  }
}

/** F1 in single calls, in queues, and where the first failure ends the run. */
export const anythingInCalls: CaseFunction = async ({ backend }) => {
  const pool = new Pool({ backend, workers: 2 })
  const throwing = task(throwAnything)
  const queue = pool.queue<string>()
  for (const [i, thrown] of ANYTHING.entries()) {
    const expected = (error: unknown): boolean => error instanceof TaskError && Object.is(error.cause, thrown)
    const isPrimitive = typeof thrown !== 'object' || thrown === null
    await assert.rejects(pool.run(throwAnything, i), isPrimitive ? expected : TaskError)
    await assert.rejects(async () => pool.map([i], throwAnything), isPrimitive ? expected : TaskError)
    await queue.push(throwing(i))
    await assert.rejects(queue.pop(), isPrimitive ? expected : TaskError)
  }
  assert.equal(await pool.run(throwAnything, 99), 'fine')
  queue.close()
  await pool.close()
}

class Mine extends TypeError {
  readonly code = 'E_MINE'
  readonly extra = { at: new Date(5), list: [1, new Map([['a', 1n]])] }
  override readonly name = 'Mine'
}

export function throwRich(kind: string): unknown {
  const cause = new RangeError('inner', { cause: { deep: ['cause'] } })
  switch (kind) {
    case 'own':
      throw new Mine('outer', { cause })
    case 'aggregate':
      throw Object.assign(new AggregateError([new Error('one'), cause, 'three'], 'many'), { code: 'E_MANY' })
    case 'system':
      return readFileSync('/no/such/file')
    case 'dom':
      throw new DOMException('stopped', 'AbortError')
    case 'frozen':
      throw Object.freeze(Object.assign(new SyntaxError('frozen'), { line: 3 }))
    case 'assertion':
      return assert.equal(1, 2)
    case 'not quite an error':
      throw Object.assign(Object.create(Error.prototype) as Error, { message: 'made by hand', code: 'E_HAND' })
    default:
      return JSON.parse('{')
  }
}

/** F2: what an error carries arrives. Classes that nobody registered come as the nearest built-in one. */
export const rich: CaseFunction = async ({ backend }) => {
  const kinds = ['own', 'aggregate', 'system', 'dom', 'frozen', 'assertion', 'not quite an error', 'json']
  const outcomes = await map(kinds, throwRich, { backend, onError: (error) => error.cause as Record<string, unknown> })
  const [own, aggregate, system, dom, frozen, assertion, byHand, json] = outcomes as Record<string, unknown>[]
  assert.ok(own instanceof TypeError)
  assert.deepEqual([own.name, own.message, own['code']], ['Mine', 'outer', 'E_MINE'])
  assert.deepStrictEqual(own['extra'], { at: new Date(5), list: [1, new Map([['a', 1n]])] })
  assert.ok(own.cause instanceof RangeError)
  assert.deepStrictEqual(own.cause.cause, { deep: ['cause'] })
  assert.match(own.stack ?? '', /Mine: outer/)
  assert.ok(aggregate instanceof AggregateError)
  assert.deepEqual([aggregate.message, aggregate['code'], aggregate.errors.length], ['many', 'E_MANY', 3])
  assert.ok(aggregate.errors[1] instanceof RangeError)
  assert.equal(aggregate.errors[2], 'three')
  assert.ok(system instanceof Error)
  assert.deepEqual([system['code'], system['syscall'], system['path']], ['ENOENT', 'open', '/no/such/file'])
  assert.ok(dom instanceof Error)
  assert.deepEqual([dom.name, dom.message, dom['code']], ['AbortError', 'stopped', DOMException.ABORT_ERR])
  assert.ok(frozen instanceof SyntaxError)
  assert.equal(frozen['line'], 3)
  assert.ok(assertion instanceof Error)
  assert.deepEqual([assertion['code'], assertion['actual'], assertion['expected']], ['ERR_ASSERTION', 1, 2])
  assert.ok(byHand instanceof Error)
  assert.deepEqual([byHand.message, byHand['code']], ['made by hand', 'E_HAND'])
  assert.ok(json instanceof SyntaxError)
}

/** Errors with parts that cannot travel, or that are none. */
export function throwUncloneable(kind: string): unknown {
  const error = new Error('kept') as Error & Record<string, unknown>
  switch (kind) {
    case 'function':
      error['fn'] = () => 1
      break
    case 'proxy':
      error['inner'] = new Proxy({ a: 1 }, {})
      break
    case 'getter':
      Object.defineProperty(error, 'bad', {
        enumerable: true,
        get: () => {
          throw new Error('no')
        },
      })
      break
    case 'cycle':
      error.cause = error
      break
    case 'socket':
      error['socket'] = new Socket()
      break
    case 'symbol':
      error['symbol'] = Symbol('s')
      break
    case 'deep':
      error['deep'] = deep(100_000)
      break
    case 'long':
      throw new Error('x'.repeat(50_000_000))
    case 'proxied':
      throw new Proxy(new Error('kept'), {})
    case 'revoked':
      throw revoked()
    case 'a function':
      throw () => 1
    case 'a symbol':
      throw Symbol('thrown')
    case 'a promise':
      throw Promise.resolve(1)
    case 'an instance':
      throw new (class Odd {
        readonly n = 1
        method(): void {}
      })()
    case 'odd message':
      Object.defineProperty(error, 'message', { value: { no: 'text' } })
      break
    default:
      Object.defineProperty(error, 'stack', {
        get: () => {
          throw new Error('no stack')
        },
      })
  }
  throw error
}

function deep(levels: number): unknown {
  let value: unknown = 'bottom'
  for (let i = 0; i < levels; i++) value = { value }
  return value
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

/** F3: the error arrives; what of it cannot travel is replaced by a text that says so. */
export const uncloneable: CaseFunction = async ({ backend }) => {
  const onItsOwn = ['proxied', 'revoked', 'a function', 'a symbol', 'a promise', 'an instance']
  const carrying = ['function', 'proxy', 'getter', 'cycle', 'socket', 'symbol', 'deep', 'long', 'odd message', 'stack']
  const outcomes = await map([...onItsOwn, ...carrying], throwUncloneable, {
    backend,
    workers: 2,
    onError: (error) => ({ error, cause: error.cause }),
  })
  const caught = outcomes as { error: TaskError; cause: Error & Record<string, unknown> }[]
  const cause = new Map([...onItsOwn, ...carrying].map((kind, i) => [kind, caught[i]?.cause]))
  for (const { error } of caught) assert.equal(error.code, 'MH_TASK_FAILED', error.message)
  for (const kind of carrying) assert.ok(cause.get(kind) instanceof Error, `${kind}: ${inspect(cause.get(kind))}`)
  for (const kind of ['function', 'proxy', 'getter', 'cycle', 'socket', 'symbol', 'deep', 'stack'])
    assert.equal(cause.get(kind)?.message, 'kept', kind)
  const marks: [kind: string, field: string][] = [
    ['function', 'fn'],
    ['getter', 'bad'],
    ['socket', 'socket'],
    ['symbol', 'symbol'],
  ]
  for (const [kind, field] of marks) assert.match(String(cause.get(kind)?.[field]), /^\[uncloneable: /, kind)
  assert.equal(cause.get('cycle')?.cause, cause.get('cycle'))
  const long = cause.get('long')?.message ?? ''
  assert.ok(long.length < 66_000 && long.startsWith('xxx'), `${long.length} characters`)
  assert.ok((caught.at(-3)?.error.message.length ?? Infinity) < 70_000)
  for (const kind of ['revoked', 'a function', 'a symbol', 'a promise', 'an instance'])
    assert.match(String(cause.get(kind)), /^\[uncloneable: /, kind)
}
