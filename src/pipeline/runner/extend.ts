import { type Clip, isPlainObject, withField } from './clip.ts'
import type { Step } from './program.ts'

/** The clip with what a step made. Throws where that is nothing, or takes a name that is used. */
export function extend(step: Step, clip: Clip, result: unknown): Clip {
  if (step.rules.returnsNothing || step.kind === 'finally') return clip
  if (step.kind === 'assign') return withFields(step, clip, result)
  if (result !== undefined) return withField(clip, step.name, result)
  throw noResult(step)
}

function withFields(step: Step, clip: Clip, result: unknown): Clip {
  if (!isPlainObject(result))
    throw new TypeError(`assign "${step.path}" returned no plain object: return the fields, { name: value, … }`)
  for (const name of Object.keys(result)) {
    if (Object.hasOwn(clip, name)) throw new TypeError(`assign "${step.path}" returned "${name}", which the clip has`)
    if (result[name] === undefined) throw new TypeError(`assign "${step.path}" returned undefined as "${name}"`)
  }
  return Object.freeze({ ...clip, ...result })
}

export function noResult({ path }: Step): TypeError {
  return new TypeError(
    `step "${path}" returned undefined: return its result, or give it { returns: 'nothing' } if it has none`,
  )
}
