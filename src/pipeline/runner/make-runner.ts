import { drive, type Work } from '../../task/drive.ts'
import { stepFailure } from '../../task/task-call.ts'
import { type Part, stepNames } from '../definition.ts'
import { FactReader, type ItemState, STEP_NAMES } from '../step-record.ts'
import { type Clip, firstClip, pick } from './clip.ts'
import { FailedAt, type ItemPlan, ItemRun, OutOfTime, Stopped } from './item-run.ts'
import type { StepCaching } from './program.ts'
import { makersOf, type Program, programOf } from './program.ts'
import { runProgram } from './run-program.ts'

/** The steps of a run, and its settings. */
export interface RunnerData {
  readonly parts: readonly Part[]
  readonly config: unknown
  /** The fields that leave the worker; undefined for all. */
  readonly pick: readonly string[] | undefined
  /** The input's own fields come back, too: the caller does not put them together again. */
  readonly whole: boolean
  /** Fields that each input must bring, and the step that needs them. */
  readonly brought?: readonly (readonly [field: string, step: string])[]
}

export interface CachedRunnerData extends RunnerData {
  /** Steps whose results are kept, by their way. */
  readonly caching: Readonly<Record<string, StepCaching>>
}

type Runner = (input: unknown) => unknown

/** Makes the task of a run: all steps of an item, one after the other. Workers import this. */
export function makeRunner(data: RunnerData): Runner {
  return runnerOf(data, {})
}

/** Makes the task of a run in which results of steps are stored. */
export function makeCachedRunner(data: CachedRunnerData): Runner {
  return runnerOf(data, data.caching)
}

/** Makes the task of a run whose worker asks the host for stored results. It opens no store, whatever the data says. */
export function makeAskingRunner(data: CachedRunnerData): Runner {
  const steps = Object.entries(data.caching)
  return runnerOf(data, Object.fromEntries(steps.map(([name, { rules }]) => [name, { rules, store: undefined }])))
}

function runnerOf(data: RunnerData, caching: CachedRunnerData['caching']): Runner {
  const program = programOf(data.parts, caching)
  const makers = makersOf(program)
  const names = stepNames(data.parts)
  const plan: ItemPlan = { facts: new FactReader(names), names }
  return (input) => {
    const item = new ItemRun(input, data.config, plan)
    return drive(runItem(data, program, makers, item))
  }
}

function* runItem(
  data: RunnerData,
  program: Program,
  makers: ReadonlyMap<string, string>,
  item: ItemRun,
): Work<ItemState> {
  const first = firstClip(item.input)
  try {
    checkNames(makers, first)
    checkBrought(data, first)
    return itemStateOf(data, item, first, yield* runProgram(item, program, first))
  } catch (thrown) {
    if (!(thrown instanceof FailedAt)) throw thrown
    if (thrown.thrown instanceof Stopped) throw thrown.thrown.reason
    const timeout = thrown.thrown instanceof OutOfTime ? thrown.thrown.limit : undefined
    throw stepFailure({
      step: thrown.step,
      thrown: thrown.thrown,
      timeout,
      state: itemStateOf(data, item, first, thrown.clip),
    })
  }
}

function itemStateOf({ whole, pick: fields }: RunnerData, item: ItemRun, first: Clip, clip: Clip): ItemState {
  const leaves = (name: string): boolean =>
    (whole || !Object.hasOwn(first, name)) && (fields === undefined || fields.includes(name))
  const dropped = Object.keys(first).filter((name) => !Object.hasOwn(clip, name))
  const names = whole ? { [STEP_NAMES]: item.names } : undefined
  const state = { ...names, ...item.record, clip: pick(clip, leaves) }
  return dropped.length === 0 ? state : { ...state, dropped }
}

function checkBrought({ brought = [] }: RunnerData, first: Clip): void {
  const missing = brought.find(([field]) => !Object.hasOwn(first, field))
  if (missing === undefined) return
  const [field, step] = missing
  const problem = `the input has no field "${field}", which step "${step}" needs and no step before it makes`
  throw new FailedAt(step, new TypeError(problem), first)
}

/** A step cannot take the name of a field that the input brings. */
function checkNames(makers: ReadonlyMap<string, string>, first: Clip): void {
  for (const [field, step] of makers) {
    if (!Object.hasOwn(first, field)) continue
    const problem = `the input has a field "${field}" already, which step "${step}" makes. Rename one of them.`
    throw new FailedAt(step, new TypeError(problem), first)
  }
}
