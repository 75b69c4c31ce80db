import type { StepsOfTask } from '../wire/protocol/frames.ts'
import type { StepRules } from './step-options.ts'

/** A function of a pipeline, whatever it takes. */
export type StepFunction = (...args: unknown[]) => unknown

/** A step that calls a function. */
export interface FunctionPart {
  /** `assign`: the fields of its result become the clip's; `finally`: runs at the end, after success and failure. */
  readonly kind: 'step' | 'assign' | 'finally'
  readonly name: string
  readonly fn: StepFunction
  /** The fields that it is called with, in the place of the clip. */
  readonly needs?: readonly string[]
  readonly rules: StepRules
}

/** The steps of another pipeline, as a step. */
export interface NestedPart {
  readonly kind: 'pipeline'
  readonly name: string
  readonly parts: readonly Part[]
}

export interface DropPart {
  readonly kind: 'drop'
  readonly fields: readonly string[]
}

/** The parts of a pipeline: plain data with the user's functions in it. */
export type Part = FunctionPart | NestedPart | DropPart

/** Returns all steps that call a function, in order; those of nested pipelines by their path: `search/find`. */
export function stepsOf(parts: readonly Part[], prefix = ''): { readonly name: string; readonly part: FunctionPart }[] {
  return parts.flatMap((part) => {
    if (part.kind === 'drop') return []
    const name = prefix + part.name
    return part.kind === 'pipeline' ? stepsOf(part.parts, `${name}/`) : [{ name, part }]
  })
}

/** Describes the steps for the host. */
export function describeSteps(parts: readonly Part[]): StepsOfTask {
  const steps = stepsOf(parts)
  return {
    names: steps.map(({ name }) => name),
    retries: steps.map(({ part }) => part.rules.retries.times),
    limits: steps.map(({ part }) => part.rules.timeout),
  }
}

export function stepNames(parts: readonly Part[]): string[] {
  return stepsOf(parts).map(({ name }) => name)
}
