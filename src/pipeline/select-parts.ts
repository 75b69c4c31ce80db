import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { nearestName } from '../util/nearest-name.ts'
import { type DropPart, type FunctionPart, type Part, stepNames, type StepFunction } from './definition.ts'
import type { OwnOptions } from './pipeline-options.ts'
import { isPlainObject } from './runner/clip.ts'

/**
 * Selects the parts that a run executes, in the order of `steps`. Throws if a name is unknown or occurs twice, or a step
 * would lack a field that it needs: one that neither an earlier step makes, nor the inputs bring, as far as they are known.
 */
export function selectParts(
  parts: readonly Part[],
  { steps, pick }: Pick<OwnOptions, 'steps' | 'pick'>,
  inputs?: unknown,
): SelectedParts {
  const selected = steps === undefined ? parts : pickParts(parts, steps)
  const brought = checkNeeds(parts, selected, inputs)
  checkPick(parts, selected, pick ?? [])
  return { parts: selected, brought }
}

/** The parts that a run executes. */
export interface SelectedParts {
  readonly parts: readonly Part[]
  /** Fields that each input must bring, and the step that needs them: of inputs that are not known before they are read. */
  readonly brought: readonly (readonly [field: string, step: string])[]
}

function pickParts(parts: readonly Part[], steps: readonly string[]): readonly Part[] {
  const known = new Set(stepNames(parts).flatMap((name) => [name, ...groupsOf(name)]))
  const seen = new Set<string>()
  for (const name of steps) {
    if (!known.has(name)) {
      const names = [...known]
      const expected = `names of steps (${names.join(', ')})`
      throw new InvalidArgumentError('steps', expected, `"${name}"`, nearestName(name, names))
    }
    const again = [name, ...groupsOf(name)].find((one) => seen.has(one))
    if (again !== undefined) throw new InvalidArgumentError('steps', 'each step once', `"${again}" twice`)
    seen.add(name)
  }
  return chosen(parts, '', steps)
}

/** `search` for `search/find`. */
function groupsOf(name: string): string[] {
  const way = name.split('/')
  return way.slice(1).map((_, i) => way.slice(0, i + 1).join('/'))
}

/** Returns the named parts in the order of the names. Steps of a nested pipeline run where the first of them is named. */
function chosen(parts: readonly Part[], prefix: string, names: readonly string[]): readonly Part[] {
  const byName = new Map(parts.flatMap((part) => (isStep(part) ? [[prefix + part.name, part] as const] : [])))
  const ordered: (readonly [string, Part])[] = []
  for (const name of names) {
    const own = byName.get(name)
    if (own !== undefined) ordered.push([name, own])
    const group = groupsOf(name).find((one) => byName.has(one))
    const nested = group === undefined ? undefined : byName.get(group)
    if (group === undefined || nested?.kind !== 'pipeline' || ordered.some(([one]) => one === group)) continue
    ordered.push([group, { ...nested, parts: chosen(nested.parts, `${group}/`, names) }])
  }
  return withEnds(
    parts,
    ordered.map(([, part]) => part),
  )
}

/**
 * Adds what belongs to all runs: fields are dropped when the steps before are done, and steps that run at the end always
 * run.
 */
function withEnds(all: readonly Part[], selected: readonly Part[]): readonly Part[] {
  const waiting = new Set(selected.flatMap((part) => (isStep(part) ? [part.name] : [])))
  const before = new Set<string>()
  const rest = all.flatMap((part) => {
    if (isStep(part)) before.add(part.name)
    return isStep(part) ? [] : [{ part, after: [...before].filter((name) => waiting.has(name)) }]
  })
  const complete: Part[] = []
  const addDue = (): void => {
    for (const due of rest.filter(({ after }) => !after.some((name) => waiting.has(name)))) {
      complete.push(due.part)
      rest.splice(rest.indexOf(due), 1)
    }
  }
  addDue()
  for (const part of selected) {
    complete.push(part)
    if (isStep(part)) waiting.delete(part.name)
    addDue()
  }
  return complete
}

function isStep(part: Part): part is Exclude<Part, DropPart> {
  return part.kind !== 'drop' && part.kind !== 'finally'
}

/** Fields that are made by steps, and by which. */
function makersOf(parts: readonly Part[]): Map<string, string> {
  const makers = new Map<string, string>()
  for (const part of parts) if (part.kind === 'step' || part.kind === 'pipeline') makers.set(part.name, part.name)
  return makers
}

/** Each field that a step names must be there by then: of those that the pipeline makes this is known beforehand. */
function checkNeeds(all: readonly Part[], selected: readonly Part[], inputs: unknown): SelectedParts['brought'] {
  const brought: (readonly [string, string])[] = []
  const isPartial = selected !== all
  const makers = makersOf(all)
  const made = new Set<string>()
  const dropped = new Set<string>()
  for (const part of selected) {
    if (part.kind === 'drop') for (const field of part.fields) dropped.add(field)
    else {
      const needs = part.kind === 'pipeline' ? [] : (part.needs ?? fieldsOf(part, isPartial))
      for (const need of needs) {
        if (!isFromInput(part.name, need, { makers, made, dropped })) continue
        if (!Array.isArray(inputs)) brought.push([need, part.name])
        else if (!inputs.every((input) => bringsField(input, need))) throw missing(part.name, need)
      }
      made.add(part.name)
    }
  }
  return brought
}

/** Returns the fields that a step takes from the clip by name. Its source is read only if steps are left out. */
function fieldsOf({ kind, fn }: FunctionPart, isPartial: boolean): readonly string[] {
  return isPartial && kind !== 'finally' ? fieldsOfFirstParameter(fn) : []
}

interface Known {
  readonly makers: ReadonlyMap<string, string>
  readonly made: ReadonlySet<string>
  readonly dropped: ReadonlySet<string>
}

/** Returns true for a field that only a step makes that has not run before: then the input must bring it. */
function isFromInput(step: string, need: string, { makers, made, dropped }: Known): boolean {
  if (dropped.has(need))
    throw new InvalidArgumentError(`step "${step}"`, EXPECTED_FIELD, `"${need}", which was dropped before`)
  return makers.has(need) && !made.has(need)
}

const EXPECTED_FIELD = 'a field that is there when the step runs'

function missing(step: string, need: string): InvalidArgumentError {
  const received = `"${need}", which only the step "${need}" makes: add it to steps before this one, or give it with the inputs`
  return new InvalidArgumentError(`step "${step}"`, EXPECTED_FIELD, received)
}

function bringsField(input: unknown, field: string): boolean {
  return isPlainObject(input) && Object.hasOwn(input, field)
}

function checkPick(all: readonly Part[], selected: readonly Part[], pick: readonly string[]): void {
  const selectedMakers = makersOf(selected)
  const dropped = new Set(selected.flatMap((part) => (part.kind === 'drop' ? part.fields : [])))
  for (const field of pick) {
    const why = dropped.has(field)
      ? `"${field}", which is dropped before the end`
      : makersOf(all).has(field) && !selectedMakers.has(field)
        ? `"${field}", whose step is not among the steps`
        : undefined
    if (why !== undefined) throw new InvalidArgumentError('pick', 'fields that are there at the end', why)
  }
}

/** `({ raw, dark: d }, config) => …`, also as a function or a method; nothing nested, nothing computed. */
const PATTERN = /^(?:async\s+)?(?:function\b)?\s*[\w$]*\s*\(\s*\{([\w$\s,:.]*)\}/

/**
 * Returns the fields that a function destructures from its first parameter. None if it takes the parameter as a whole, or
 * in a way that only a parser could read.
 */
function fieldsOfFirstParameter(fn: StepFunction): readonly string[] {
  const fields = PATTERN.exec(Function.prototype.toString.call(fn))?.[1] ?? ''
  return fields.split(',').flatMap((field) => /^\s*([\w$]+)\s*(?::\s*[\w$]+\s*)?$/.exec(field)?.[1] ?? [])
}
