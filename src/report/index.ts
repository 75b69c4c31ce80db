import type { RunObserver } from '../observe/observer.ts'
import type { View } from '../view/view.ts'
import { htmlPage } from './html-page.ts'
import { EachRun } from './live/each-run.ts'
import { LiveDigest } from './live/live-digest.ts'
import { LiveTrace } from './live/live-trace.ts'
import { type FileOfRun, type ReportFileOptions, RunFile } from './live/run-file.ts'
import { markdownSummary } from './markdown-summary.ts'
import { jsonReportText, problemWith, problemWithTrace, writeReportText } from './report-file.ts'
import type { ReportEnding } from './report-kinds.ts'

export type { FileOfRun, ReportFileOptions } from './live/run-file.ts'
export {
  type Fact,
  type FailureSample,
  type Insight,
  type KindView,
  type LaneView,
  type LengthsView,
  type MemoryView,
  type RunView,
  type SinglesView,
  type StepView,
  type View,
  VIEW_STATES,
  type ViewState,
  type WorkerEventView,
} from '../view/view.ts'

/** An observer that counts what happens in runs, in bounded memory. */
export interface RunDigest extends RunObserver {
  /** Returns what there is to show of the run that began last; undefined before the first. Takes some milliseconds. */
  view(): View | undefined
}

/**
 * Writes a report of each run as one HTML page when the run has ended, before its results do: when `await map(…)` is over
 * the file is there. For the option `observe` of runs and pools.
 *
 * Costs less than 1 µs a task while the run goes on, and 0.3 s for 10,000 tasks at its end. A file that cannot be written is
 * a warning (`MH_REPORT`), and no error of the run.
 *
 * @example
 *   await map(photos, thumbnail, { observe: htmlReport('run.html') })
 *
 * @param file - its name, which ends with `.html`; or a function of the run that returns one. The report of a later run
 *   replaces that of an earlier one with the same name.
 * @throws {InvalidArgumentError} if a file of this name cannot be written, or holds something else.
 */
export function htmlReport(file: FileOfRun, options: ReportFileOptions = {}): RunObserver {
  return reportObserver(file, '.html', options, htmlPage)
}

/** The same as a summary in Markdown: figures, what stands out, kinds of failure. The name ends with `.md`. */
export function markdownReport(file: FileOfRun, options: ReportFileOptions = {}): RunObserver {
  return reportObserver(file, '.md', options, markdownSummary)
}

/** The same as the {@link View} in JSON. The name ends with `.json`. */
export function jsonReport(file: FileOfRun, options: ReportFileOptions = {}): RunObserver {
  return reportObserver(file, '.json', options, jsonReportText)
}

/**
 * Writes a trace of each run in Chrome's format while it goes on, for Perfetto and the browsers' own viewers. Costs about
 * 3 µs a task. Viewers show a trace whose run was killed as far as it came.
 *
 * @param file - its name, which ends with `.json` or, if it is to be compressed, `.json.gz`; or a function of the run.
 * @throws {InvalidArgumentError} if a file of this name cannot be written, or holds something else.
 */
export function traceFile(file: FileOfRun, { force = false }: ReportFileOptions = {}): RunObserver {
  const ofRun = new RunFile(file, (name) => problemWithTrace(name, force))
  return new EachRun((run) => new LiveTrace(run, ofRun))
}

/** Counts what happens in runs: `view()` of what it returns is all that reports are made of, at any time. */
export function digest(): RunDigest {
  let last: LiveDigest | undefined
  const runs = new EachRun(() => (last = new LiveDigest()))
  return Object.assign(runs, { view: () => last?.view() })
}

function reportObserver(
  file: FileOfRun,
  ending: ReportEnding,
  { force = false }: ReportFileOptions,
  textOf: (view: View) => string,
): RunObserver {
  const ofRun = new RunFile(file, (name) =>
    name.toLowerCase().endsWith(ending)
      ? problemWith(name, force)
      : `expected a file that ends with ${ending}, got "${name}"`,
  )
  return new EachRun((run) => new LiveDigest((view) => ofRun.write(run, (name) => writeReportText(name, textOf(view)))))
}
