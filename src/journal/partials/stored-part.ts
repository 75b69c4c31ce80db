/** The facts of a partial result: of which inputs it was made, and how. */
export interface PartFacts {
  /** Identifies the functions with all that they use. */
  readonly code: string
  /** The inputs of an accumulator, if that was fixed. */
  readonly grain: number | null
  /** The position of its first input in its run. */
  readonly index: number
  readonly count: number
  /** The key of its first input. */
  readonly first: string
  /** The hash of the keys of all its inputs, in order. */
  readonly keys: string
}

/** A partial result in a file. */
export interface StoredPart extends PartFacts {
  /** The version of the format of its bytes. */
  readonly format: string
  /** The position of its bytes in the file. */
  readonly at: number
  readonly bytes: number
  /** The checksum of its bytes. */
  readonly sum: string
}

/** Parses the facts of a part whose bytes begin at `at`; undefined if they are none. */
export function parsePart(text: string, at: number): StoredPart | undefined {
  let facts: Record<string, unknown> | null
  try {
    facts = JSON.parse(text) as Record<string, unknown> | null
  } catch {
    return undefined
  }
  const texts = ['code', 'first', 'keys', 'format', 'sum'] as const
  const counts = ['index', 'count', 'bytes'] as const
  const isPart =
    typeof facts === 'object' &&
    facts !== null &&
    facts['v'] === 1 &&
    texts.every((name) => typeof facts[name] === 'string') &&
    counts.every((name) => isCount(facts[name])) &&
    (facts['grain'] === null || isCount(facts['grain']))
  return isPart ? { ...(facts as unknown as StoredPart), at } : undefined
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
