import type { WrapRules } from '../../cache/cache-access.ts'
import type { Identity } from '../../cache/identify.ts'
import type { StoreLocation } from '../../cache/store/open-store.ts'
import type { DropPart, FunctionPart, Part } from '../definition.ts'

/** The cache of a step, as workers use it: plain data, except for the user's own functions. */
export interface StepCaching {
  /** The options of `cache.wrap`; empty for a step with `cache: true`. */
  readonly rules: WrapRules
  /** The store to look in; undefined if the worker asks its host instead. */
  readonly store: StepStore | undefined
}

/** The store that has the results of a step, and the identity under which it has them. */
export interface StepStore {
  readonly location: StoreLocation
  readonly identity: Identity
}

/** A step with its number and its path. */
export interface Step extends FunctionPart {
  readonly number: number
  /** `search/find` for a step of a nested pipeline. */
  readonly path: string
  /** Its results are kept. */
  readonly caching: StepCaching | undefined
}

export interface NestedSteps {
  readonly kind: 'pipeline'
  readonly name: string
  readonly program: Program
}

/** The parts of a pipeline, ready to run. */
export interface Program {
  readonly parts: readonly (Step | NestedSteps | DropPart)[]
  /** Steps that run at the end, after success and failure. */
  readonly endings: readonly Step[]
}

/** Numbers the steps in the order of `stepsOf`. */
export function programOf(parts: readonly Part[], caching: Readonly<Record<string, StepCaching>>): Program {
  let last = -1
  const build = (level: readonly Part[], prefix: string): Program => {
    const built = level.map((part) => {
      if (part.kind === 'drop') return part
      const path = prefix + part.name
      if (part.kind === 'pipeline') return { ...part, program: build(part.parts, `${path}/`) }
      return { ...part, path, number: ++last, caching: caching[path] }
    })
    return {
      parts: built.filter((part) => part.kind !== 'finally'),
      endings: built.filter((part): part is Step => part.kind === 'finally'),
    }
  }
  return build(parts, '')
}

/** The step that makes each field of the clip, as far as the names tell. */
export function makersOf({ parts }: Program): Map<string, string> {
  const makers = new Map<string, string>()
  for (const part of parts) {
    if (part.kind === 'step' && !part.rules.returnsNothing) makers.set(part.name, part.path)
    else if (part.kind === 'pipeline') makers.set(part.name, firstStep(part.program)?.path ?? part.name)
  }
  return makers
}

function firstStep({ parts, endings }: Program): Step | undefined {
  for (const part of parts) {
    const first = part.kind === 'pipeline' ? firstStep(part.program) : part.kind === 'drop' ? undefined : part
    if (first !== undefined) return first
  }
  return endings[0]
}
