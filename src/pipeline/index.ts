import '../compose.ts'

export type { Ending, Failure, FailurePoint, FirstClip, Outcome, OutcomeFacts, Success } from './outcome.ts'
export { pipeline } from './pipeline.ts'
export type { PipelineResults } from './pipeline-results.ts'
export type { Pipeline } from './pipeline-type.ts'
export type { PipelineOptions } from './pipeline-options.ts'
export type { StepOptions } from './step-options.ts'
export type { StepReport, StepTally } from './pipeline-results.ts'
