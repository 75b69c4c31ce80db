import { Pool } from '../api/pool.ts'
import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { nameList } from '../options/checks.ts'
import { describeValue } from '../options/describe-value.ts'
import type { MapOptions } from '../settings/run-options.ts'

/** The options of `run`: those of `map`, except for the ones that the pipeline decides itself, and these. */
export interface PipelineOptions<
  In = unknown,
  Name extends string = string,
  Field extends PropertyKey = PropertyKey,
> extends Omit<MapOptions<In>, 'onError' | 'args' | 'spread'> {
  /**
   * Run these steps, in this order; `'search'` is all steps of the nested pipeline `search`, `'search/find'` one of them. An
   * input may bring the fields of steps that are not run: so a failed one goes on where it stopped.
   */
  readonly steps?: readonly Name[] | undefined
  /** The pool whose workers run it. @defaultValue the process-wide ones */
  readonly pool?: Pool | undefined
  /** The fields that leave the worker. @defaultValue all that are not dropped */
  readonly pick?: readonly Field[] | undefined
}

/** The options of a run that are the pipeline's own; the rest is passed to `map`. */
export interface OwnOptions {
  readonly config: unknown
  readonly pool: Pool | undefined
  readonly steps: readonly string[] | undefined
  readonly pick: readonly string[] | undefined
}

/** Options of `map` that the pipeline decides itself, and what to do instead. */
const NOT_HERE = {
  args: 'no value for a pipeline: pass it as config',
  spread: 'no value for a pipeline: an input is the clip that the steps begin with',
  onError: 'no value for a pipeline: a failed input is an outcome with ok: false',
}

export function splitOptions(options: unknown): { own: OwnOptions; rest: Record<string, unknown> } {
  if (options !== undefined && (typeof options !== 'object' || options === null))
    throw new InvalidArgumentError('options', 'an object', describeValue(options))
  const { config, pool, steps, pick, ...rest } = (options ?? {}) as Record<string, unknown>
  for (const [name, expected] of Object.entries(NOT_HERE))
    if (rest[name] !== undefined) throw new InvalidArgumentError(name, expected, describeValue(rest[name]))
  if (pool !== undefined && !(pool instanceof Pool))
    throw new InvalidArgumentError('pool', 'a Pool', describeValue(pool))
  return {
    own: {
      config,
      pool,
      steps: steps === undefined ? undefined : nameList(steps, 'steps'),
      pick: pick === undefined ? undefined : nameList(pick, 'pick'),
    },
    rest,
  }
}
