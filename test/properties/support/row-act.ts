import { currentTask } from 'manyhands'

/** The act that a row asks of its task. */
export interface RowPlan {
  readonly id: number
  /** The name of a result, or of something else that a task may do. */
  readonly does: string
  readonly n: number
}

class Point {
  readonly x: number

  constructor(x: number) {
    this.x = x
  }
}

/** Results of all kinds, some of which no one can send, or write as JSON. */
const RESULTS: Readonly<Record<string, (plan: RowPlan) => unknown>> = {
  number: ({ id }) => id * 7,
  text: ({ id }) => `${id} é\u2028"\n\uD83D\uDE00 \uD800`,
  object: ({ id, n }) => ({ id, list: [n, null, { yes: true }], missing: undefined }),
  nothing: () => undefined,
  null: () => null,
  nan: () => [Number.NaN, -0, Infinity],
  bigint: ({ id }) => ({ id: BigInt(id) * 10n ** 20n }),
  date: ({ id }) => new Date(id * 1_000),
  map: ({ id }) => new Map([[id, new Set([1, { id }])]]),
  error: ({ id }) => new RangeError(`result ${id}`, { cause: [1] }),
  bytes: ({ id }) => ({ bytes: Buffer.from([id % 256, 2]), floats: new Float64Array([0.5]) }),
  sparse: () => {
    const list: unknown[] = [1]
    list[3] = 2
    return list
  },
  deep: () => Array.from({ length: 40 }).reduce<unknown>((inner) => ({ inner }), 1),
  long: ({ id, n }) => `${id} ${'long'.repeat(n * 250)}`,
  shared: ({ id }) => {
    const part = { id }
    return [part, part]
  },
  getter: ({ id }) => ({
    get id() {
      return id
    },
  }),
  bare: ({ id }) => Object.assign(Object.create(null) as object, { id, __proto__: 1 }),
  args: () => 'replaced below',
  cycle: ({ id }) => {
    const all: Record<string, unknown> = { id }
    all['self'] = all
    return all
  },
  function: () => ({ list: [(): void => {}] }),
  'function beside': ({ id }) => Object.assign([id], { run: (): void => {} }),
  'text beside': ({ id }) => Object.assign([id], { note: 'x' }),
  'own JSON': ({ id }) => {
    const parts = [{ id }, [id]]
    for (const part of parts) Object.defineProperty(part, 'toJSON', { value: () => 'not asked' })
    return parts
  },
  symbol: () => Symbol('result'),
  instance: ({ id }) => [new Point(id)],
  faulty: ({ id }) => ({
    get broken(): never {
      throw new RangeError(`${id} cannot be read`)
    },
  }),
  proxy: ({ id }) => new Proxy({ id }, {}),
}

export const RESULT_NAMES: readonly string[] = Object.keys(RESULTS)

/** Does what its row says. */
export function rowAct(...args: readonly unknown[]): unknown {
  const plan = planOf(args)
  switch (plan.does) {
    case 'throws':
      // As often as the plan says, then it succeeds.
      if (currentTask().attempt <= plan.n) throw new RangeError(`${plan.id} throws`)
      return plan.id
    case 'throws nothing':
      throw undefined
    case 'rejects':
      return pause(plan.n).then(() => {
        if (currentTask().attempt <= plan.n) throw new TypeError(`${plan.id} rejects`)
        return plan
      })
    case 'waits':
      return pause(plan.n).then(() => plan)
    case 'works': {
      const until = performance.now() + plan.n
      while (performance.now() < until);
      return plan
    }
    case 'exits':
      if (currentTask().attempt <= plan.n) process.exit(5)
      return plan.id
    case 'hangs':
      return new Promise(() => {})
    case 'spins':
      for (;;);
    case 'args':
      return args
    default:
      return (RESULTS[plan.does] as (plan: RowPlan) => unknown)(plan)
  }
}

/** Reads the plan of a row from what the function gets: of any format, or spread. */
export function planOf(args: readonly unknown[]): RowPlan {
  const [first] = args
  if (typeof first === 'number' && args.length > 2) return checked(first, args[1], args[2])
  if (typeof first === 'string') return checked(...(first.split('|') as [string, string, string]))
  const { id, does, n } = (first ?? {}) as Record<string, unknown>
  return checked(id, does, n)
}

/** Rows that are not what they were planned to be do nothing special. */
function checked(id: unknown, does: unknown, n: unknown): RowPlan {
  const isKnown = typeof does === 'string' && (Object.hasOwn(RESULTS, does) || DEEDS.has(does))
  return { id: Number(id) || 0, does: isKnown ? does : 'args', n: Number(n) || 0 }
}

const DEEDS = new Set(['throws', 'throws nothing', 'rejects', 'waits', 'works', 'exits', 'hangs', 'spins'])

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
