import { count, many } from '../../view/format/numbers.ts'
import { moment, time } from '../../view/format/times.ts'
import type { KindView } from '../../view/view.ts'
import { type Cell, cell, cellsWidth, safe } from './cells.ts'
import { isFound, type TopData, type TopState } from './top-state.ts'

/** From so many columns on kinds of failure stand beside the failures, else below them. */
const WIDE = 120
/** Kinds that are listed below failures. */
const MOST_KINDS = 3

const HELP: readonly (readonly [keys: string, what: string])[] = [
  ['f', 'failures, the newest first, and their kinds'],
  ['s', 'the tasks that took longest'],
  ['w', 'all workers, with more about each'],
  ['l', 'what tasks print'],
  ['/', 'list only what has a text in it, or #17; Enter keeps it, Esc ends it'],
  ['p', 'pause: the picture stands still, the run goes on'],
  ['q, Ctrl-C', 'leave; the run goes on'],
]

/** The room for a list. */
export interface Space {
  readonly lines: number
  readonly columns: number
}

/** Lists what was chosen, with a title. */
export function panelLines(data: TopData, state: TopState, { lines, columns }: Space): Cell[][] {
  if (lines < 2) return []
  switch (state.panel) {
    case 'slowest':
      return [title('the slowest'), ...slowest(data, state)].slice(0, lines)
    case 'logs':
      return printed(data, state, lines)
    case 'help':
      return [title('keys'), ...HELP.map(([keys, what]): Cell[] => [[`   ${cell(keys, 11)}`, 'bold'], [what]])].slice(
        0,
        lines,
      )
    case 'workers':
    case 'failures':
      return failures(data, state, { lines, columns })
  }
}

function title(text: string): Cell[] {
  return [[` ${text}`, 'dim']]
}

function failures(data: TopData, state: TopState, { lines, columns }: Space): Cell[][] {
  const { failures: all, view } = data
  const found = all.filter(({ task, input, message, step }) => isFound(state.find, task, input, message, step ?? ''))
  if (all.length === 0) return [title('failures'), [['   nothing has failed']]]
  const isWide = columns >= WIDE
  const kinds = view.kinds.map(kindText)
  const below = isWide || lines < 8 ? 0 : Math.min(MOST_KINDS, kinds.length, Math.floor(lines / 3)) + 1
  const left = isWide ? Math.floor(columns * 0.62) : columns
  const list = found.slice(0, lines - 1 - below).map(({ task, input, step, message, at, attempt }): Cell[] => {
    const when = at === undefined || view.run.started === undefined ? '' : moment(Math.max(0, at - view.run.started))
    const number = `#${task}${attempt > 1 ? ` (${attempt})` : ''}`
    const where = step === undefined ? [] : ([[`${safe(step)}  `, 'dim']] as Cell[])
    const head: Cell[] = [[`   ${cell(when, 6, 'right')}  `, 'dim'], [`${cell(number, 9)}  `]]
    const room = Math.max(10, Math.floor((left - cellsWidth(head)) * 0.4))
    return [...head, [`${cell(safe(input), Math.min(room, 36))}  `], ...where, [safe(message), 'red']]
  })
  const head = title(
    `failures, newest first${found.length < all.length ? `: ${many(found.length, 'match', 'matches')}` : ''}`,
  )
  if (isWide) {
    const beside = [[[`  kinds`, 'dim']] as Cell[], ...kinds.map((kind): Cell[] => [[`  ${kind}`]])]
    return [head, ...list, ...kinds.slice(list.length).map((): Cell[] => [])]
      .slice(0, lines)
      .map((line, i) => besides(line, beside[i] ?? [], left))
  }
  if (below === 0) return [head, ...list]
  return [head, ...list, title('kinds'), ...kinds.slice(0, below - 1).map((kind): Cell[] => [[`   ${kind}`]])]
}

function kindText({ tries, recovered, name, what, step }: KindView): string {
  const where = step === undefined ? '' : ` (${safe(step)})`
  const saved = recovered > 0 ? `, ${count(recovered)} saved` : ''
  return `${count(tries)} × ${safe(what === '' ? name : `${name}: ${what}`)}${where}${saved}`
}

/** Puts cells beside others, from a column on. */
function besides(left: readonly Cell[], right: readonly Cell[], at: number): Cell[] {
  let room = at
  const cut: Cell[] = []
  for (const [text, look] of left) {
    if (room <= 0) break
    const width = Math.min(room, cellsWidth([[text]]))
    cut.push([cell(text, width), look])
    room -= width
  }
  return [...cut, [' '.repeat(Math.max(0, room))], ...right]
}

function slowest({ view }: TopData, { find }: TopState): Cell[][] {
  const { slowest: rows, singles, lengths } = view
  const median =
    lengths.n === 0
      ? []
      : [[[`   median ${time(lengths.p50)}   99 % ${time(lengths.p99)}   longest ${time(lengths.max)}`, 'dim'] as Cell]]
  const list = rows
    .filter((row) => isFound(find, singles.task[row], singles.input[row] ?? ''))
    .map((row): Cell[] => [
      [`   ${cell(time(singles.ms[row] ?? 0), 9, 'right')}  `],
      [cell(`#${singles.task[row]}`, 9)],
      [`  ${safe(singles.input[row] ?? '')}`],
    ])
  return list.length === 0 ? [[['   nothing has finished']]] : [...median, ...list]
}

function printed({ printed: all }: TopData, { find }: TopState, lines: number): Cell[][] {
  const found = all.filter((line) => isFound(find, undefined, line))
  const list = found.slice(-(lines - 1)).map((line): Cell[] => [[`   ${safe(line)}`]])
  return [title('what tasks print'), ...(list.length === 0 ? [[['   nothing yet'] as Cell]] : list)]
}
