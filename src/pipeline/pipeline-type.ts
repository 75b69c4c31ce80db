import type { Ending, FailurePoint, FirstClip, Flat, Outcome, RunInput } from './outcome.ts'
import type { PipelineOptions } from './pipeline-options.ts'
import type { PipelineResults, StepReport } from './pipeline-results.ts'
import type { StepOptions } from './step-options.ts'

/** The values that a step may return: anything but `undefined`. */
type Something = {} | null

/** A new name; for one that is taken, a text that tells why. */
type Fresh<Name extends string, Clip, Steps extends string> = Name extends `${string}/${string}`
  ? `"/" stands between a nested pipeline and its steps`
  : Name extends keyof Clip | Steps
    ? `the name "${Name}" is already used`
    : Name

/** The configs of several steps as one. Steps that need none add nothing. */
type Both<A, B> = unknown extends B ? A : unknown extends A ? B : A & B

/** The values of some fields, in their order. */
type Values<Clip, Needs extends readonly PropertyKey[]> = { [K in keyof Needs]: Clip[Needs[K] & keyof Clip] }

/** Names of a nested pipeline's steps, by their path. */
type Inner<Name extends string, Steps extends string> = `${Name}/${Steps}`

/** Failures of a nested pipeline: the fields that it had made are in the clip under its name. */
type InnerPoints<Name extends string, Clip, In, Points> =
  Points extends FailurePoint<infer Step, infer Made>
    ? FailurePoint<Inner<Name, Step>, Clip & { readonly [K in Name]: Flat<Omit<Made, keyof FirstClip<In>>> }>
    : never

type WithConfig<Options, Config> = unknown extends Config
  ? [options?: Options & { readonly config?: undefined }]
  : [options: Options & { readonly config: Config }]

/** Names that the types know are those of steps: others are refused. */
type OfUnknown<Name extends string> = string extends Name ? unknown : { readonly steps: never }

/** The compiler's message about a step that returns nothing. */
type NoResult = `this step returns nothing: add a return, or the option { returns: 'nothing' }`

/** The clip of a run of some steps only: the fields of other steps are missing. */
type Partly<In, Clip, Name> = Flat<Pick<Clip, keyof Clip & (keyof FirstClip<In> | Name)> & Partial<Clip>>

type Picked<Clip, Field> = [Field] extends [never] ? Clip : Pick<Clip, Field & keyof Clip>
type PickedPoints<Points, Field> = [Field] extends [never]
  ? Points
  : Points extends FailurePoint<infer Step, infer Clip>
    ? FailurePoint<Step, Pick<Clip, Field & keyof Clip>>
    : never

/**
 * Named steps that run one after the other over many inputs: all steps of an input in one worker.
 *
 * Each method returns a new pipeline; the one that it is called on stays as it is, so that several can extend it.
 *
 * `In`: the type of an input. `Clip`: the fields that a step can read now. `Config`: the type of the steps' second
 * argument. `Steps`: their names. `Points`: the fields of the clip at each step that can fail.
 */
export interface Pipeline<In, Clip, Config, Steps extends string, Points> {
  /** The name that it was given. */
  readonly name: string

  /**
   * Adds a step without a result: it is called with the clip, and what it returns is ignored.
   *
   * @throws {InvalidArgumentError} for a name that is used, and for wrong options.
   */
  step<const Name extends string, C = unknown>(
    name: Fresh<Name, Clip, Steps>,
    fn: (clip: Readonly<Clip>, config: C) => unknown,
    options: StepOptions<keyof Clip> & { readonly returns: 'nothing' },
  ): Pipeline<In, Clip, Both<Config, C>, Steps | Name, Points | FailurePoint<Name, Clip>>
  step<const Name extends string, const Needs extends readonly (keyof Clip & string)[], C = unknown>(
    name: Fresh<Name, Clip, Steps>,
    needs: Needs,
    fn: (...args: [...Values<Clip, Needs>, config: C]) => unknown,
    options: StepOptions<keyof Clip> & { readonly returns: 'nothing' },
  ): Pipeline<In, Clip, Both<Config, C>, Steps | Name, Points | FailurePoint<Name, Clip>>
  /**
   * Adds a step that is called with the clip and the config. Its result, or what its promise resolves to, is in the clip
   * under its name from then on. The clip is frozen: steps make new values. Returning `undefined` is a failure.
   */
  step<const Name extends string, R extends Something | PromiseLike<Something>, C = unknown>(
    name: Fresh<Name, Clip, Steps>,
    fn: (clip: Readonly<Clip>, config: C) => R,
    options?: StepOptions<keyof Clip>,
  ): Pipeline<
    In,
    Clip & { readonly [K in Name]: Awaited<R> },
    Both<Config, C>,
    Steps | Name,
    Points | FailurePoint<Name, Clip>
  >
  /** A step that is called with the values of the named fields, then the config. They are its cache key, too. */
  step<
    const Name extends string,
    const Needs extends readonly (keyof Clip & string)[],
    R extends Something | PromiseLike<Something>,
    C = unknown,
  >(
    name: Fresh<Name, Clip, Steps>,
    needs: Needs,
    fn: (...args: [...Values<Clip, Needs>, config: C]) => R,
    options?: StepOptions<keyof Clip>,
  ): Pipeline<
    In,
    Clip & { readonly [K in Name]: Awaited<R> },
    Both<Config, C>,
    Steps | Name,
    Points | FailurePoint<Name, Clip>
  >
  /**
   * Adds the steps of another pipeline as one step: they see the clip, and the fields that they make become one field of
   * it. They are named by their path, `search/find`.
   */
  step<const Name extends string, In2, Clip2, Config2, Steps2 extends string, Points2>(
    name: Fresh<Name, Clip, Steps>,
    pipeline: Clip extends FirstClip<In2> ? Pipeline<In2, Clip2, Config2, Steps2, Points2> : never,
  ): Pipeline<
    In,
    Clip & { readonly [K in Name]: Flat<Omit<Clip2, keyof FirstClip<In2>>> },
    Both<Config, Config2>,
    Steps | Inner<Name, Steps2>,
    Points | InnerPoints<Name, Clip, In2, Points2>
  >

  /** Reached by no step: what the compiler says about one that returns nothing. */
  step<const Name extends string>(
    name: Fresh<Name, Clip, Steps>,
    fn: (clip: Readonly<Clip>, config: never) => NoResult,
    options?: StepOptions<keyof Clip>,
  ): never

  /**
   * Adds a step that makes several fields at once: those of the plain object that it returns, which must be new.
   *
   * @throws {InvalidArgumentError} for a name that is used, and for wrong options.
   */
  assign<const Name extends string, R extends object & { readonly [K in keyof Clip]?: never }, C = unknown>(
    name: Fresh<Name, Clip, Steps>,
    fn: (clip: Readonly<Clip>, config: C) => R | PromiseLike<R>,
    options?: StepOptions<keyof Clip>,
  ): Pipeline<In, Clip & Readonly<R>, Both<Config, C>, Steps | Name, Points | FailurePoint<Name, Clip>>

  /** Removes fields from the clip: their memory is freed, and they do not leave the worker. */
  drop<const Name extends keyof Clip & string>(...fields: Name[]): Pipeline<In, Omit<Clip, Name>, Config, Steps, Points>

  /**
   * Adds a function that runs at the end of each input, in its worker, after success and failure: to clean up, to report.
   * It gets the clip as it is then. Its result is ignored; if it throws, an input that had succeeded fails. It cannot run
   * if the worker itself was lost.
   *
   * @throws {InvalidArgumentError} for a name that is used.
   */
  finally<const Name extends string>(
    name: Fresh<Name, Clip, Steps>,
    fn: (clip: Readonly<Partly<In, Clip, never>>, outcome: Ending<RunInput<In>>) => unknown,
  ): Pipeline<In, Clip, Config, Steps | Name, Points | FailurePoint<Name, Clip>>

  /**
   * Runs over inputs, in parallel, with the options of `map` but `args`, `spread` and `onError`. The results are outcomes,
   * in the order of the inputs unless `ordered` is false; a failed input is one with `ok: false`, and never rejects.
   * Without `pick` all fields come back that are not dropped; those of the input do not travel.
   *
   * @throws {InvalidArgumentError} for unknown options, steps and fields, before any input is read.
   */
  run<const Name extends string & (Steps | keyof Clip), const Field extends keyof Clip = never>(
    inputs: Iterable<RunInput<In>> | AsyncIterable<RunInput<In>>,
    ...options: WithConfig<PipelineOptions<In, Name, Field> & { readonly steps: readonly Name[] }, Config>
  ): PipelineResults<
    Outcome<
      RunInput<In>,
      Picked<Partly<In, Clip, Name>, Field>,
      PickedPoints<PartlyPoints<In, Points, Name>, Field>,
      Steps
    >,
    RunInput<In>,
    Steps
  >
  /** The same with a list of names that comes from elsewhere, such as a config file. */
  run<const Name extends string, const Field extends keyof Clip = never>(
    inputs: Iterable<RunInput<In>> | AsyncIterable<RunInput<In>>,
    ...options: WithConfig<
      PipelineOptions<In, Name, Field> & { readonly steps: readonly Name[] } & OfUnknown<Name>,
      Config
    >
  ): PipelineResults<
    Outcome<
      RunInput<In>,
      Picked<Partly<In, Clip, never>, Field>,
      PickedPoints<PartlyPoints<In, Points, never>, Field>,
      Steps
    >,
    RunInput<In>,
    Steps
  >
  run<const Field extends keyof Clip = never>(
    inputs: Iterable<RunInput<In>> | AsyncIterable<RunInput<In>>,
    ...options: WithConfig<PipelineOptions<In, never, Field>, Config>
  ): PipelineResults<
    Outcome<RunInput<In>, Picked<Clip, Field>, PickedPoints<Points, Field>, Steps>,
    RunInput<In>,
    Steps
  >

  /**
   * Runs one input, and resolves to its outcome. Rejects only if there can be no outcome: for wrong options, values that
   * cannot be sent, workers that cannot start, or a cancelled run.
   */
  one<const Field extends keyof Clip = never>(
    input: RunInput<In>,
    ...options: WithConfig<Omit<PipelineOptions<In, Steps | (string & {}), Field>, 'skip'>, Config>
  ): Promise<Outcome<RunInput<In>, Picked<Clip, Field>, PickedPoints<Points, Field>, Steps>>

  /**
   * Returns the counts of each step over all runs of this pipeline in this process. Results have those of their own
   * run.
   */
  report(): StepReport<Steps>
}

type PartlyPoints<In, Points, Name> =
  Points extends FailurePoint<infer Step, infer Clip> ? FailurePoint<Step, Partly<In, Clip, Name>> : never
