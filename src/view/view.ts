/** The ways in which an attempt ends, in the order in which a view numbers them. */
export const VIEW_STATES = ['ok', 'cached', 'skipped', 'failed', 'timeout', 'crashed', 'aborted'] as const

/** The end of an attempt, or the state of a task after its last one. */
export type ViewState = (typeof VIEW_STATES)[number]

/** A run as one piece of JSON of bounded size, whatever its length. Times are milliseconds from its start. */
export interface View {
  readonly v: 1
  readonly run: RunView
  /** The last moment that is known of. */
  readonly end: number
  /** Tasks by the state of their last attempt. */
  readonly states: Readonly<Record<ViewState, number>>
  readonly attempts: number
  /** Attempts whose start and length are known. */
  readonly timed: number
  /** Tasks that succeeded after they had failed. */
  readonly recovered: number
  /** Milliseconds that all attempts took together. */
  readonly busy: number
  /** False if lanes are workers, because the log does not tell which of them replaced which. */
  readonly hasSlots: boolean
  /** What ended, and how long all workers were busy, in bins of `ms` milliseconds. `cached`: those of `ok` that came from a cache. */
  readonly bins: {
    readonly ms: number
    readonly ok: number[]
    readonly cached: number[]
    readonly bad: number[]
    readonly busy: number[]
  }
  /** The work of the cache before the workers; undefined if there was none, or nothing is known of it. */
  readonly cache?: CacheView | undefined
  /** The width of the bins of lanes. */
  readonly laneMs: number
  readonly lanes: readonly LaneView[]
  readonly events: readonly WorkerEventView[]
  /** Events that are not in `events`, which holds the first 2,000. */
  readonly moreEvents: number
  readonly memory: MemoryView
  readonly lengths: LengthsView
  /** The steps of a function, or the functions of a workflow. */
  readonly steps: readonly StepView[]
  /** Of a workflow: which function's results are arguments of which, by their places in `steps`. */
  readonly edges?: readonly (readonly [from: number, to: number])[] | undefined
  readonly kinds: readonly KindView[]
  /** The width of the parts of `when`, in milliseconds. */
  readonly whenMs: number
  /** Failed attempts of kinds that are not in `kinds`, which holds the first 200. */
  readonly otherFailures: number
  readonly singles: SinglesView
  /** The slowest attempts, each task once: rows of `singles`. */
  readonly slowest: readonly number[]
  readonly insights: readonly Insight[]
}

/** The results that a cache had, and those that it had not. */
export interface CacheView {
  readonly hits: number
  /** Results that another task or process was computing, and that were awaited. */
  readonly joined: number
  readonly misses: number
  /** Milliseconds that the calls took whose results were found; of as many as the cache knows. */
  readonly savedMs: number
  /** Milliseconds that inputs waited for results that others computed, added up. */
  readonly waitedMs: number
}

/** The run itself. `started` and `ended` are milliseconds since 1970. */
export interface RunView {
  readonly run: string
  readonly name: string
  readonly state: 'running' | 'killed' | 'ended'
  /** Milliseconds since 1970; undefined if nothing is known of the run but its name. */
  readonly started: number | undefined
  readonly ended: number | undefined
  readonly exitCode: number | undefined
  /** `halt`, `deadline` or `quit`, if it ended before its inputs did. */
  readonly endedBy: string | undefined
  readonly total: number | undefined
  /** Inputs that were left out because they had succeeded before. */
  readonly skipped: number
  readonly backend: string | undefined
  readonly workers: number | undefined
  readonly concurrency: number
  readonly code: string | undefined
  readonly host: string | undefined
  readonly resumes: string | undefined
  /** The arguments of `manyhands run`. */
  readonly command: readonly string[] | undefined
  readonly options: readonly Fact[]
  readonly env: readonly Fact[]
}

/** A name and what it stands for. */
export type Fact = readonly [name: string, value: string]

/** A lane: the workers that had one slot, one after the other. */
export interface LaneView {
  /** The number of its slot, or of its worker. */
  readonly slot: number
  /** Lanes that share this one because there are too many: 1, but for the last. */
  readonly of: number
  readonly host: string | undefined
  /** Attempts, and those that failed. */
  readonly tasks: number
  readonly failed: number
  readonly busy: number
  readonly deaths: number
  /** The most memory that was seen, in bytes; 0 if it is not known. */
  readonly peak: number
  /** For each step (or once) and each bin of `laneMs`, how much of it was spent so: 0 to 250. */
  readonly work: readonly number[][]
}

/** The end of a worker, in milliseconds from the start of the run. */
export interface WorkerEventView {
  readonly at: number
  /** Its place in `lanes`. */
  readonly lane: number
  readonly reason: string
  /** It was replaced on purpose. */
  readonly planned: boolean
}

/** Memory in bytes at some moments; 0 if it was not known. */
export interface MemoryView {
  readonly at: readonly number[]
  readonly rss: readonly number[]
  readonly lanes: readonly number[][]
}

/** Lengths of time in milliseconds; percentiles are exact to 2 %. */
export interface LengthsView {
  readonly n: number
  readonly sum: number
  readonly max: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  /** From, to, and how many. */
  readonly bars: readonly (readonly [from: number, to: number, n: number])[]
}

/** The lengths of a step's attempts, in milliseconds, and the number of its failures. */
export interface StepView extends LengthsView {
  readonly name: string
  readonly failed: number
}

/** Failures that differ only in numbers, quoted names and the input. */
export interface KindView {
  readonly state: ViewState
  readonly step: string | undefined
  readonly name: string
  /** The message without what differs. */
  readonly what: string
  readonly message: string
  readonly stack: string | undefined
  /** Tasks that failed so in the end. */
  readonly failed: number
  /** Tasks that failed so and succeeded later. */
  readonly recovered: number
  readonly tries: number
  readonly first: number
  readonly last: number
  /** Attempts over the run, in 60 parts at most, of `whenMs` each. */
  readonly when: readonly number[]
  /** Places in `lanes`. */
  readonly lanes: readonly number[]
  readonly samples: readonly FailureSample[]
  /** Moment and task of the first 2,000. */
  readonly marks: readonly (readonly [at: number, task: number])[]
}

/** One failure: the task's index, its input as text, its attempts, and the time in milliseconds from the run's start. */
export interface FailureSample {
  readonly task: number
  readonly input: string
  readonly tries: number
  readonly at: number
  readonly message: string
}

/** Single attempts in the order of their starts, as columns. */
export interface SinglesView {
  /** True if these are all attempts; else they are failures, retries and the slowest. */
  readonly all: boolean
  readonly start: readonly number[]
  readonly ms: readonly number[]
  readonly task: readonly number[]
  /** Places in `lanes`. */
  readonly lane: readonly number[]
  readonly attempt: readonly number[]
  /** Places in `VIEW_STATES`. */
  readonly state: readonly number[]
  /** 1 if the task failed in the end. */
  readonly failed: readonly number[]
  /** Empty if it is not known, as of quick successes. */
  readonly input: readonly string[]
  /** For each step the milliseconds of each attempt; 0 if it did not run. */
  readonly steps: readonly number[][]
}

/** Something that stands out, as a sentence. */
export interface Insight {
  readonly rule: string
  /** The heaviest are shown first. */
  readonly weight: number
  readonly text: string
  /** The section of a report that shows it, or `task-N`. */
  readonly to: string
}
