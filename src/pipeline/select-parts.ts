import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { nearestName } from '../util/nearest-name.ts'
import { type FunctionPart, type Part, stepNames, type StepFunction } from './definition.ts'
import type { OwnOptions } from './pipeline-options.ts'

/** Selects the parts that a run executes. Throws if a name is unknown, or a step would lack a field that it needs. */
export function selectParts(
  parts: readonly Part[],
  { steps, pick }: Pick<OwnOptions, 'steps' | 'pick'>,
): readonly Part[] {
  const selected = steps === undefined ? parts : pickParts(parts, steps)
  checkNeeds(parts, selected)
  checkPick(parts, selected, pick ?? [])
  return selected
}

function pickParts(parts: readonly Part[], steps: readonly string[]): readonly Part[] {
  const known = new Set(stepNames(parts).flatMap((name) => [name, ...groupsOf(name)]))
  for (const name of steps) {
    if (known.has(name)) continue
    const names = [...known]
    throw new InvalidArgumentError(
      'steps',
      `names of steps (${names.join(', ')})`,
      `"${name}"`,
      nearestName(name, names),
    )
  }
  return chosen(parts, '', new Set(steps))
}

/** `search` for `search/find`. */
function groupsOf(name: string): string[] {
  const way = name.split('/')
  return way.slice(1).map((_, i) => way.slice(0, i + 1).join('/'))
}

function chosen(parts: readonly Part[], prefix: string, names: ReadonlySet<string>): readonly Part[] {
  return parts.flatMap((part): readonly Part[] => {
    // Steps that run at the end always run, and dropping a field that is missing does nothing.
    if (part.kind === 'drop' || part.kind === 'finally') return [part]
    const name = prefix + part.name
    if (names.has(name)) return [part]
    if (part.kind !== 'pipeline') return []
    const inner = chosen(part.parts, `${name}/`, names)
    return stepNames(inner).length === 0 ? [] : [{ ...part, parts: inner }]
  })
}

/** Fields that are made by steps, and by which. */
function makersOf(parts: readonly Part[]): Map<string, string> {
  const makers = new Map<string, string>()
  for (const part of parts) if (part.kind === 'step' || part.kind === 'pipeline') makers.set(part.name, part.name)
  return makers
}

/** Each field that a step names must be there by then: of those that the pipeline makes this is known beforehand. */
function checkNeeds(all: readonly Part[], selected: readonly Part[]): void {
  const isPartial = selected !== all
  const makers = makersOf(all)
  const made = new Set<string>()
  const dropped = new Set<string>()
  for (const part of selected) {
    if (part.kind === 'drop') for (const field of part.fields) dropped.add(field)
    else {
      const needs = part.kind === 'pipeline' ? [] : (part.needs ?? fieldsOf(part, isPartial))
      for (const need of needs) checkNeed(part.name, need, { makers, made, dropped })
      made.add(part.name)
    }
  }
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

function checkNeed(step: string, need: string, { makers, made, dropped }: Known): void {
  const expected = `a field that is there when the step runs`
  if (dropped.has(need))
    throw new InvalidArgumentError(`step "${step}"`, expected, `"${need}", which was dropped before`)
  if (!makers.has(need) || made.has(need)) return
  throw new InvalidArgumentError(
    `step "${step}"`,
    expected,
    `"${need}", which only the step "${need}" makes: add it to steps`,
  )
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
export function fieldsOfFirstParameter(fn: StepFunction): readonly string[] {
  const fields = PATTERN.exec(Function.prototype.toString.call(fn))?.[1] ?? ''
  return fields.split(',').flatMap((field) => /^\s*([\w$]+)\s*(?::\s*[\w$]+\s*)?$/.exec(field)?.[1] ?? [])
}
