import type { Paint } from '../../util/text/terminal-text.ts'
import { type Cell, paintLine } from './cells.ts'
import { factsLine, headLine } from './head-lines.ts'
import { panelLines } from './panel-lines.ts'
import type { Panel, TopData, TopState } from './top-state.ts'
import { workerCount, workerLines } from './worker-lines.ts'

/** The size of a terminal. */
export interface Size {
  readonly columns: number
  readonly rows: number
}

/** The names of the keys, the longest choice first. */
const KEYS: readonly (readonly (readonly [key: string, what: string, panel?: Panel])[])[] = [
  [
    ['q', 'quit'],
    ['f', 'failures', 'failures'],
    ['s', 'slowest', 'slowest'],
    ['w', 'workers', 'workers'],
    ['l', 'what tasks print', 'logs'],
    ['/', 'find'],
    ['p', 'pause'],
    ['?', 'help', 'help'],
  ],
  [
    ['q', 'quit'],
    ['f', 'failures', 'failures'],
    ['s', 'slowest', 'slowest'],
    ['w', 'workers', 'workers'],
    ['l', 'prints', 'logs'],
    ['?', 'help', 'help'],
  ],
  [
    ['q', 'quit'],
    ['?', 'help', 'help'],
  ],
]

/** Makes the lines of the screen, from the top: at most as many as it has, each shorter than it is wide. */
export function frameOf(data: TopData, state: TopState, { columns, rows }: Size, paint: Paint): string[] {
  // The last column stays free: some terminals wrap when it is written.
  const width = Math.max(1, columns - 1)
  return cellsOf(data, state, width, Math.max(1, rows)).map((cells) => paintLine(cells, width, paint))
}

function cellsOf(data: TopData, state: TopState, columns: number, rows: number): Cell[][] {
  const head = headLine(data, columns)
  if (rows === 1) return [state.isTyping ? typing(state) : head]
  const facts = factsLine(data, columns)
  const keys = keysLine(state, columns)
  if (rows < 6) return [head, facts, ...(rows > 2 ? [keys] : [])].slice(0, rows)
  const room = rows - 4
  const body = bodyOf(data, state, { columns, lines: room })
  const rest = Array.from({ length: Math.max(0, room - body.length) }, (): Cell[] => [])
  return [head, facts, [], ...body, ...rest, keys].slice(0, rows)
}

function bodyOf(
  data: TopData,
  state: TopState,
  { columns, lines }: { readonly columns: number; readonly lines: number },
): Cell[][] {
  const { find, panel } = state
  if (panel === 'workers') return workerLines(data, { find, lines, columns, isAll: true })
  const wanted = workerCount(data) + 1
  // Both get what they need; if there is too little room, the list gets less than half of it.
  const least = Math.min(Math.ceil(lines * 0.4), 8)
  const workers = workerLines(data, { find: '', lines: Math.min(wanted, lines - least - 1), columns, isAll: false })
  const above = workers.length < 2 ? [] : [...workers, []]
  return [...above, ...panelLines(data, state, { lines: lines - above.length, columns })]
}

function typing({ find }: TopState): Cell[] {
  return [[' find ', 'bold'], [find], ['▏', 'cyan'], ['  Enter keep   Esc end', 'dim']]
}

function keysLine(state: TopState, columns: number): Cell[] {
  if (state.isTyping) return typing(state)
  const note: Cell[] = [
    ...(state.isPaused ? ([[' paused ', 'yellow'], [' ']] as const) : []),
    ...(state.find === '' ? [] : ([[` find “${state.find}” `, 'cyan'], [' ']] as const)),
  ]
  const lines = KEYS.map((keys): Cell[] => [
    ...note,
    ...keys.flatMap(([key, what, panel]): Cell[] => [
      [` ${key} `, 'bold'],
      [`${what} `, panel === state.panel ? 'cyan' : 'dim'],
    ]),
  ])
  const fits = (line: readonly Cell[]): boolean => line.reduce((sum, [text]) => sum + text.length, 0) <= columns
  return lines.find(fits) ?? []
}
