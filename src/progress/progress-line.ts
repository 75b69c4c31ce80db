import { count, duration } from '../util/text/show-number.ts'
import type { Paint } from '../util/text/terminal-text.ts'
import { fit, widthOf } from '../util/text/text-width.ts'
import type { ProgressState } from './progress-option.ts'

/** The numbers of a progress line, as texts, in the order in which they are shown. */
export interface Facts {
  /** `1,204/1,812 files` */
  readonly count: string
  /** `66 %` */
  readonly percent: string | undefined
  /** `212/s` */
  readonly rate: string
  /** `2 failed` */
  readonly failed: string | undefined
  /** `ETA 3s`; the elapsed time if the end is not known. */
  readonly time: string
}

function facts(state: ProgressState, unit: string | undefined): Facts {
  const { done, failed, total, rate, elapsedMs, etaMs } = state
  const completed = done + failed
  const counted = total === undefined ? count(completed) : `${count(completed)}/${count(total)}`
  return {
    count: unit === undefined ? counted : `${counted} ${unit}`,
    percent:
      total === undefined || total === 0 ? undefined : `${Math.min(100, Math.floor((completed / total) * 100))} %`,
    rate: `${rate >= 10 ? count(Math.round(rate)) : rate.toFixed(1)}/s`,
    failed: failed === 0 ? undefined : `${count(failed)} failed`,
    time:
      etaMs === undefined || (total !== undefined && completed >= total)
        ? duration(Math.floor(elapsedMs / 1_000) * 1_000)
        : `ETA ${duration(etaMs)}`,
  }
}

/** All of them in one line: `1,204/1,812  66 %  212/s  2 failed  ETA 3s`. */
export function factsLine(state: ProgressState, unit: string | undefined): string {
  const { count: counted, percent, rate, failed, time } = facts(state, unit)
  return [counted, percent, rate, failed, time].filter((text) => text !== undefined).join('  ')
}

/** The words of a progress line beside its numbers. */
export interface ProgressLabels {
  readonly label: string
  /** `2 threads` */
  readonly workers: string
  readonly unit: string | undefined
}

const DONE = '━'
const HALF = '╸'
/** The part of the bar that is not done differs in color, or in being thin. */
const TO_DO = { painted: '━', plain: '─' }
const LEAST_BAR = 8
const MOST_BAR = 40
const MOST_LABEL = 24
const GAP = '  '

/** The parts that a line shows, the widest layout first. */
const LAYOUTS: readonly (readonly (keyof Facts | 'workers' | 'bar')[])[] = [
  ['workers', 'bar', 'count', 'percent', 'rate', 'failed', 'time'],
  ['bar', 'count', 'percent', 'rate', 'failed', 'time'],
  ['bar', 'count', 'percent', 'failed', 'time'],
  ['count', 'percent', 'rate', 'failed', 'time'],
  ['count', 'percent', 'failed'],
  ['count'],
]

/** A progress line with a bar, as much of it as `columns` have room for. */
export function progressLine(state: ProgressState, labels: ProgressLabels, columns: number, paint: Paint): string {
  const known = facts(state, labels.unit)
  const label = fit(labels.label, MOST_LABEL)
  for (const layout of LAYOUTS) {
    const parts = layout.flatMap((name): { name: string; text: string }[] => {
      const text = name === 'bar' ? '' : name === 'workers' ? labels.workers : known[name]
      // Without a total there is nothing to fill.
      return text === undefined || (name === 'bar' && state.total === undefined) ? [] : [{ name, text }]
    })
    const taken = GAP.length + widthOf(label) + parts.reduce((sum, { text }) => sum + GAP.length + widthOf(text), 0)
    // The last column stays free: some terminals wrap when it is written.
    const room = columns - 1 - taken
    if (room < (parts.some(({ name }) => name === 'bar') ? LEAST_BAR : 0)) continue
    const painted = parts.map(({ name, text }) =>
      name === 'bar' ? bar(state, Math.min(room, MOST_BAR), paint) : looked(name, text, paint),
    )
    return [`${GAP}${paint('bold', label)}`, ...painted].join(GAP)
  }
  return fit(known.count, columns - 1)
}

function looked(name: string, text: string, paint: Paint): string {
  if (name === 'failed') return paint('red', text)
  return name === 'workers' ? paint('dim', text) : text
}

function bar({ done, failed, total = 0 }: ProgressState, columns: number, paint: Paint): string {
  const share = total === 0 ? 1 : Math.min(1, (done + failed) / total)
  const halves = Math.floor(share * columns * 2)
  const filled = DONE.repeat(Math.floor(halves / 2)) + (halves % 2 === 1 ? HALF : '')
  const isPainted = paint('dim', 'x') !== 'x'
  const rest = (isPainted ? TO_DO.painted : TO_DO.plain).repeat(columns - filled.length)
  return paint(share === 1 ? 'green' : 'cyan', filled) + paint('dim', rest)
}
