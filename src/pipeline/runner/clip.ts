import type { Step } from './program.ts'

/** The fields that the steps of an item see and make, by name. It is frozen: each step makes a new one. */
export type Clip = Readonly<Record<string, unknown>>

/** The clip that an input begins with. */
export function firstClip(input: unknown): Clip {
  return Object.freeze(isPlainObject(input) ? { ...input } : { input })
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value) as object | null
  return prototype === null || prototype === Object.prototype
}

export function withField(clip: Clip, name: string, value: unknown): Clip {
  return Object.freeze({ ...clip, [name]: value })
}

export function without(clip: Clip, fields: readonly string[]): Clip {
  return Object.freeze(pick(clip, (name) => !fields.includes(name)))
}

/** The fields of a clip that a test holds for, in an object of their own. */
export function pick(clip: Clip, holds: (name: string) => boolean): Record<string, unknown> {
  const picked: Record<string, unknown> = {}
  for (const name of Object.keys(clip)) {
    if (!holds(name)) continue
    // Assigning to `__proto__` would set the prototype.
    if (name === '__proto__') Object.defineProperty(picked, name, { value: clip[name], enumerable: true })
    else picked[name] = clip[name]
  }
  return picked
}

/** V8's messages about an assignment to a frozen object, with the name of the field. */
const MUTATIONS = [
  /^Cannot assign to read only property '([^']+)' of object '#<Object>'/,
  /^Cannot add property (\S+), object is not extensible/,
  /^Cannot delete property '([^']+)' of #<Object>/,
]

/** Explains an error that came of changing the clip; returns anything else as it was thrown. */
export function explainMutation(thrown: unknown, step: string, clip: Clip): unknown {
  if (!(thrown instanceof TypeError)) return thrown
  const field = MUTATIONS.map((pattern) => pattern.exec(thrown.message)?.[1]).find((name) => name !== undefined)
  if (field === undefined || Object.hasOwn(clip, field) === thrown.message.startsWith('Cannot add')) return thrown
  const error = new TypeError(
    `step "${step}" tried to change clip.${field} (${thrown.message}). Steps do not change the clip: ` +
      `what a step returns gets its name there, and assign() makes several fields.`,
    { cause: thrown },
  )
  const [, ...frames] = (thrown.stack ?? '').split(/\n(?=\s+at )/)
  error.stack = [`TypeError: ${error.message}`, ...frames].join('\n')
  return error
}

/** Adds the result of a step to the clip. Throws if it has none, or takes a name that is used. */
export function extend(step: Step, clip: Clip, result: unknown): Clip {
  if (step.rules.returnsNothing || step.kind === 'finally') return clip
  if (step.kind === 'assign') return withFields(step, clip, result)
  if (result !== undefined) return withField(clip, step.name, result)
  throw noResult(step)
}

function withFields(step: Step, clip: Clip, result: unknown): Clip {
  if (!isPlainObject(result))
    throw new TypeError(`assign "${step.path}" must return a plain object of fields: { name: value, … }`)
  for (const name of Object.keys(result)) {
    if (Object.hasOwn(clip, name))
      throw new TypeError(`assign "${step.path}" returned "${name}", which the clip has already`)
    if (result[name] === undefined) throw new TypeError(`assign "${step.path}" returned undefined as "${name}"`)
  }
  return Object.freeze({ ...clip, ...result })
}

export function noResult({ path }: Step): TypeError {
  return new TypeError(
    `step "${path}" returned undefined: return its result, or give it { returns: 'nothing' } if it has none`,
  )
}
