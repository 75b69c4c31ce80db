import type { Work } from '../../task/drive.ts'
import { type Clip, pick, withField, without } from './clip.ts'
import { FailedAt, type ItemRun } from './item-run.ts'
import type { NestedSteps, Program, Step } from './program.ts'
import { runStep } from './run-step.ts'

/** The end of the steps, for those that run after it. */
interface End {
  readonly clip: Clip
  readonly failure: FailedAt | undefined
}

/** Runs all parts of a pipeline, then those that run at the end. Throws {@link FailedAt}. */
export function* runProgram(item: ItemRun, program: Program, first: Clip): Work<Clip> {
  let end = yield* runParts(item, program, first)
  for (const step of program.endings) end = yield* runEnding(item, step, end)
  if (end.failure !== undefined) throw end.failure
  return end.clip
}

function* runParts(item: ItemRun, program: Program, first: Clip): Work<End> {
  let clip = first
  try {
    for (const part of program.parts) {
      if (part.kind === 'drop') clip = without(clip, part.fields)
      else if (part.kind === 'pipeline') clip = yield* runNested(item, part, clip)
      else clip = yield* runStep(item, part, clip)
    }
    return { clip, failure: undefined }
  } catch (thrown) {
    if (thrown instanceof FailedAt) return { clip: thrown.clip, failure: thrown }
    throw thrown
  }
}

/** Runs a nested pipeline: its steps see the clip, and the fields that they make become one field of it. */
function* runNested(item: ItemRun, { name, program }: NestedSteps, clip: Clip): Work<Clip> {
  const made = (inner: Clip): Clip =>
    withField(
      clip,
      name,
      pick(inner, (field) => !Object.hasOwn(clip, field)),
    )
  try {
    return made(yield* runProgram(item, program, clip))
  } catch (thrown) {
    throw thrown instanceof FailedAt ? new FailedAt(thrown.step, thrown.thrown, made(thrown.clip)) : thrown
  }
}

function* runEnding(item: ItemRun, step: Step, end: End): Work<End> {
  const { clip, failure } = end
  try {
    yield* runStep(item, { ...step, fn: () => step.fn(clip, item.outcome(clip, failure)) }, clip)
    return end
  } catch (thrown) {
    if (!(thrown instanceof FailedAt)) throw thrown
    if (failure === undefined) return { clip, failure: thrown }
    // The item fails with the first error; print this one, or it would be lost.
    console.error(`"${step.path}" failed, too:`, thrown.thrown)
    return end
  }
}
