import { hostOf } from '../api/pool.ts'
import type { TaskError } from '../errors/task-errors.ts'
import { mapRun } from '../map/map.ts'
import type { InnerAttemptBatch } from '../observe/attempt-columns.ts'
import { stateOf } from '../pool/outcomes/task-failure.ts'
import { fromRecipe } from '../task/capture/reference/recipe.ts'
import type { RecipeName } from '../wire/protocol/portable.ts'
import { describeSteps, type Part } from './definition.ts'
import { splitOptions } from './pipeline-options.ts'
import { PipelineResults, StepTallies } from './pipeline-results.ts'
import { firstClip, pick } from './runner/clip.ts'
import { type CachedRunnerData, makeCachedRunner } from './runner/make-runner.ts'
import { selectParts } from './select-parts.ts'
import { StepCaches, withoutCaches } from './step-caches.ts'
import { cachedSteps, FactReader, type StepRecord, type ItemState } from './step-record.ts'

/** Starts a pipeline over inputs: a run of `map` whose task is all of the steps. */
export function startPipeline(
  name: string,
  all: readonly Part[],
  inputs: unknown,
  options: unknown,
  totals: StepTallies,
): PipelineResults<unknown> {
  const { own, rest } = splitOptions(options)
  const { parts: selected, brought } = selectParts(all, own, inputs)
  const steps = describeSteps(selected)
  const { names } = steps
  const tallies = new StepTallies(names, totals)
  const facts = new FactReader(names)
  const { config, pick: fields, pool } = own
  const caching = new StepCaches(selected)
  const parts = withoutCaches(selected)
  const data: CachedRunnerData = { parts, config, caching: caching.steps, pick: fields, whole: false, brought }
  const recipe = { recipe: 'pipeline' as RecipeName, make: makeCachedRunner, data }
  const fn = fromRecipe(name, recipe)
  const outcomeOf = (state: ItemState | undefined, input: unknown, index: number, error?: TaskError): unknown => {
    const step = error === undefined ? undefined : stepOfError(error, names)
    if (state?.calls !== undefined) caching.count(state)
    const clip = clipOf(input, state, fields)
    const { timings, cached, attempts } = facts.read(state ?? NOTHING)
    if (error === undefined) return { ok: true, clip, index, input, timings, cached, attempts }
    return { ok: false, step, error, clip, index, input, timings, cached, attempts }
  }
  const onError = (error: TaskError): unknown =>
    outcomeOf(stateOf(error) as ItemState | undefined, error.input, error.task.index, error)
  const run = mapRun(
    pool && hostOf(pool),
    inputs,
    fn,
    { ...rest, onError },
    {
      steps,
      prepare: async (cache, calledAt, backend) => {
        const remoteCache = await caching.prepare(cache, calledAt, backend)
        if (remoteCache !== undefined) recipe.recipe = 'asking-pipeline'
        else if (caching.isUsed) recipe.recipe = 'cached-pipeline'
        return remoteCache
      },
      shape: (value, input, index) => outcomeOf(value as ItemState, input, index),
      results: {
        isHit: (value) => cachedSteps(value as ItemState).length === names.length,
        stepMs: (value) => (value as ItemState).ms,
      },
      observer: { attempts: (batch) => countSteps(batch, tallies, names) },
    },
  )
  return new PipelineResults(run, tallies)
}

/** Counts the steps of items that have their outcome. */
function countSteps(batch: InnerAttemptBatch, tallies: StepTallies, names: readonly string[]): void {
  for (let i = 0; i < batch.length; i++) {
    if (batch.final?.[i] === 0) continue
    const error = batch.error(i)
    tallies.add(batch.value(i) as ItemState | undefined, error && stepOfError(error, names))
  }
}

/** The record of an item that no worker has reported. */
const NOTHING: StepRecord = { ms: [] }

/** Returns the clip: the input's fields, which are here, and those that the steps made. */
function clipOf(input: unknown, state: ItemState | undefined, fields: readonly string[] | undefined): object {
  const first = firstClip(input)
  const dropped = state?.dropped
  if (dropped === undefined && fields === undefined) return { ...first, ...state?.clip }
  const stays = (name: string): boolean => !dropped?.includes(name) && fields?.includes(name) !== false
  return { ...pick(first, stays), ...state?.clip }
}

/**
 * Returns the step of an error: of a result that cannot be sent the one that made it, of an input that never began the
 * first.
 */
function stepOfError(error: TaskError, names: readonly string[]): string {
  if (error.step !== undefined) return error.step
  const field = /^result\.clip\.([^.[]+)/.exec((error as { path?: string }).path ?? '')?.[1]
  const maker = names.find((name) => name === field || name.split('/')[0] === field)
  return maker ?? (field === undefined ? names[0] : names.at(-1)) ?? error.task.name
}
