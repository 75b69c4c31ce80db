import { commandOf } from '../page/command-line.ts'
import { verdictOf } from '../page/verdict.ts'
import { count, many, percent, rate } from '../view/format/numbers.ts'
import { time } from '../view/format/times.ts'
import { cutText, visibleText } from '../view/format/visible-text.ts'
import type { View } from '../view/view.ts'
import { REPORT_STARTS } from './report-kinds.ts'

const KINDS = 20
const SLOWEST = 8

/** Sums a view up as Markdown: for the page of a CI step, or an agent. */
export function markdownSummary(view: View): string {
  const { run, insights } = view
  const started = run.started === undefined ? '' : new Date(run.started).toISOString()
  const which = run.run === '' ? 'Run' : `Run ${code(run.run)}`
  const parts = [
    `# ${escaped(run.name)}: ${escaped(verdictOf(view).text)}`,
    [which, started].filter((part) => part !== '').join(' · '),
    figures(view),
    ...(insights.length > 0 ? ['## What stands out', insights.map(({ text }) => `- ${escaped(text)}`).join('\n')] : []),
    ...failures(view),
    ...slowest(view),
    ...steps(view),
    ...cache(view),
    ...(run.command === undefined ? [] : ['## Command', code(commandOf(run.command), 2_000)]),
  ]
  return `${REPORT_STARTS['.md']}${parts.join('\n\n')}\n`
}

function figures({ states, end, busy, attempts, recovered, lengths, run, lanes, hasSlots }: View): string {
  const good = states.ok + states.cached
  const failed = states.failed + states.timeout + states.crashed
  const rows: (readonly [string, string])[] = [
    ['succeeded', `${count(good)}${run.total === undefined ? '' : ` of ${count(run.total)}`}`],
    ['failed', count(failed)],
  ]
  if (states.cached > 0) rows.push(['from the cache', count(states.cached)])
  if (run.skipped > 0) rows.push(['left out, done before', count(run.skipped)])
  rows.push(['took', `${time(end)}, ${time(busy)} of work`])
  if (end > 0) rows.push(['finished', rate(((good + failed) / end) * 1_000)])
  if (hasSlots && lanes.length > 0 && end > 0)
    rows.push(['speed', `${(busy / end).toFixed(1)}× one worker, of ${lanes.length}`])
  if (lengths.n > 0) rows.push(['median', `${time(lengths.p50)}, 99 % in ${time(lengths.p99)}`])
  rows.push(['attempts', `${count(attempts)}, ${many(recovered, 'input')} saved by a retry`])
  return table(['', ''], rows)
}

function failures({ kinds, otherFailures, run }: View): string[] {
  if (kinds.length === 0) return []
  const rows = kinds
    .slice(0, KINDS)
    .map(({ failed, recovered, name, what, step, samples: [sample] }) => [
      count(failed),
      recovered > 0 ? count(recovered) : '',
      code(`${name}: ${what}`),
      step === undefined ? '' : code(step),
      sample === undefined ? '' : `#${sample.task} ${code(sample.input)}`,
    ])
  const rest = kinds.length - rows.length
  const more = [
    ...(rest > 0 ? [many(rest, 'more kind')] : []),
    ...(otherFailures > 0 ? [many(otherFailures, 'attempt')] : []),
  ]
  const lines = ['## Failures', table(['failed', 'saved by a retry', 'kind', 'step', 'first input'], rows)]
  if (more.length > 0) lines.push(`and ${more.join(' and ')} of other kinds`)
  if (run.run !== '') lines.push(`Run them again: ${code(`manyhands retry ${run.run}`)}`)
  return lines
}

function slowest({ slowest: listed, singles }: View): string[] {
  if (listed.length === 0) return []
  const rows = listed
    .slice(0, SLOWEST)
    .map((row) => [`#${singles.task[row]}`, code(singles.input[row] ?? ''), time(singles.ms[row] ?? 0)])
  return ['## The slowest', table(['task', 'input', 'took'], rows)]
}

function steps({ steps: all }: View): string[] {
  if (all.length < 2) return []
  const total = all.reduce((sum, step) => sum + step.sum, 0)
  const rows = all.map(({ name, n, failed, sum, p50, p99 }) => [
    code(name),
    count(n),
    count(failed),
    `${time(sum)} (${percent(sum / Math.max(total, 1e-9))})`,
    time(p50),
    time(p99),
  ])
  return ['## Steps', table(['step', 'ran', 'failed', 'time', '50 %', '99 %'], rows)]
}

function cache({ cache: totals }: View): string[] {
  if (totals === undefined) return []
  const { hits, joined, misses, savedMs, waitedMs } = totals
  const rows = [[count(hits), count(misses), count(joined), time(savedMs), time(waitedMs)]]
  return ['## Cache', table(['found', 'not found', 'computed by others', 'time saved', 'time waited'], rows)]
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** A text that may hold anything, as code on one line. */
function code(text: string, length: number = 120): string {
  const shown = visibleText(cutText(text, length))
    .replace(/\s+/g, ' ')
    .replaceAll('`', "'")
    .replaceAll('|', '\\|')
    .trim()
  return shown === '' ? '' : `\`${shown}\``
}

/** The same within a sentence. */
function escaped(text: string): string {
  return visibleText(text)
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]<>|#&~!]/g, (character) => `\\${character}`)
}
