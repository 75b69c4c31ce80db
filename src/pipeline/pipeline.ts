import { isBatched } from '../cache/cache-access.ts'
import { InvalidArgumentError, InvalidStateError } from '../errors/argument-errors.ts'
import { nameList } from '../options/checks.ts'
import { describeValue } from '../options/describe-value.ts'
import { markParts, markRunnable } from '../task/exported-object.ts'
import { checkTaskFunction } from '../task/task-function.ts'
import { describeSteps, type FunctionPart, type Part, type StepFunction, stepNames } from './definition.ts'
import type { FirstClip } from './outcome.ts'
import { type PipelineResults, type StepReport, StepTallies } from './pipeline-results.ts'
import type { Pipeline } from './pipeline-type.ts'
import { makeRunner } from './runner/make-runner.ts'
import { selectParts } from './select-parts.ts'
import { startPipeline } from './start-pipeline.ts'
import { functionsIn } from './step-caches.ts'
import { readStepOptions } from './step-options.ts'

/**
 * Begins a pipeline: named steps that many inputs run through, each input in one worker and with failures of its own.
 *
 * The type parameter is that of an input's fields. An input that is not a plain object is `clip.input`.
 *
 * @throws {InvalidArgumentError} for a name that is not a string, or is empty.
 *
 * @example pipeline<{ file: string }>('calibrate').step('raw', ({ file }) => readImage(file)).run(files)
 */
export function pipeline<In = { readonly input: string }>(
  name: string,
): Pipeline<In, FirstClip<In>, unknown, never, never> {
  if (typeof name !== 'string' || name === '')
    throw new InvalidArgumentError('pipeline(name)', 'a name', describeValue(name))
  return new BuiltPipeline(name, []) as unknown as Pipeline<In, FirstClip<In>, unknown, never, never>
}

/** A pipeline as it is, whatever its types say. */
class BuiltPipeline {
  readonly name: string
  readonly #parts: readonly Part[]
  readonly #totals: StepTallies

  constructor(name: string, parts: readonly Part[]) {
    this.name = name
    this.#parts = parts
    this.#totals = new StepTallies(stepNames(parts))
    // A worker that imports the module of an exported pipeline can run it.
    markRunnable(this, ([config], steps) => {
      const { parts: selected, brought } = selectParts(parts, { steps, pick: undefined })
      return {
        call: makeRunner({ parts: selected, config, pick: undefined, whole: true, brought }),
        steps: describeSteps(selected),
      }
    })
    markParts(this, () => functionsIn(parts))
  }

  step(name: string, ...rest: readonly unknown[]): BuiltPipeline {
    this.#checkName(name)
    if (rest[0] instanceof BuiltPipeline)
      return this.#with({ kind: 'pipeline', name, parts: nestedParts(name, rest[0].#parts) })
    const [needs, fn, options] = Array.isArray(rest[0]) ? rest : [undefined, ...rest]
    const part = functionPart('step', name, fn, options)
    return this.#with(needs === undefined ? part : { ...part, needs: this.#checkFields(name, needs as unknown[]) })
  }

  assign(name: string, fn: unknown, options?: unknown): BuiltPipeline {
    this.#checkName(name)
    return this.#with(functionPart('assign', name, fn, options))
  }

  drop(...fields: readonly unknown[]): BuiltPipeline {
    return this.#with({ kind: 'drop', fields: this.#checkFields('drop', fields) })
  }

  finally(name: string, fn: unknown): BuiltPipeline {
    this.#checkName(name)
    return this.#with(functionPart('finally', name, fn, undefined))
  }

  run(inputs: unknown, options?: unknown): PipelineResults<unknown> {
    if (stepNames(this.#parts).length === 0)
      throw new InvalidStateError(`the pipeline "${this.name}" has no steps: add some with step(name, fn)`)
    return startPipeline(this.name, this.#parts, inputs, options, this.#totals)
  }

  async one(input: unknown, options?: unknown): Promise<unknown> {
    const [outcome] = await this.run([input], options)
    return outcome
  }

  report(): StepReport {
    return this.#totals.report()
  }

  #with(part: Part): BuiltPipeline {
    return new BuiltPipeline(this.name, [...this.#parts, part])
  }

  #checkName(name: unknown): void {
    if (typeof name !== 'string' || name === '' || name.includes('/'))
      throw new InvalidArgumentError('step(name, …)', 'a name without "/"', describeValue(name))
    const isUsed = this.#parts.some((part) => part.kind !== 'drop' && part.name === name)
    if (isUsed) throw new InvalidArgumentError(`step("${name}")`, 'a new name', `"${name}", which another step has`)
  }

  /** Checks the names of fields. Fields may come from the input: only those that were dropped are refused here. */
  #checkFields(what: string, fields: readonly unknown[]): readonly string[] {
    for (const field of nameList(fields, what)) {
      if (this.#parts.some((part) => part.kind === 'drop' && part.fields.includes(field)))
        throw new InvalidArgumentError(what, 'fields that are there', `"${field}", which was dropped before`)
    }
    return fields as readonly string[]
  }
}

function functionPart(kind: FunctionPart['kind'], name: string, fn: unknown, options: unknown): FunctionPart {
  if (typeof fn !== 'function') {
    const expected = kind === 'step' ? 'a function, or a pipeline' : 'a function'
    throw new InvalidArgumentError(`step "${name}"`, expected, describeValue(fn))
  }
  checkTaskFunction(fn, `step "${name}"`)
  if (isBatched(fn)) {
    const expected = 'a function of one input, since each input goes through the steps by itself'
    const instead = 'a batched function: give it to map() before or after the pipeline'
    throw new InvalidArgumentError(`step "${name}"`, expected, instead)
  }
  return { kind, name, fn: fn as StepFunction, rules: readStepOptions(options, name) }
}

function nestedParts(name: string, parts: readonly Part[]): readonly Part[] {
  if (stepNames(parts).length > 0) return parts
  throw new InvalidArgumentError(`step "${name}"`, 'a pipeline with steps', 'one without')
}
