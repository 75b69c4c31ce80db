import type { Live } from '../../view/live.ts'
import type { View } from '../../view/view.ts'
import type { FailedAttempt } from './recent-failures.ts'

/** The lists that can be shown below the workers. */
export const PANELS = ['failures', 'slowest', 'workers', 'logs', 'help'] as const

export type Panel = (typeof PANELS)[number]

/** All that there is to show at one moment. */
export interface TopData {
  readonly view: View
  readonly live: Live | undefined
  /** Milliseconds since 1970. */
  readonly now: number
  /** Completions per second, over the last seconds. */
  readonly rate: number
  /** Failed attempts, the newest first. */
  readonly failures: readonly FailedAttempt[]
  /** The last lines that tasks printed, the newest last. */
  readonly printed: readonly string[]
}

/** The choices of the person who watches. */
export interface TopState {
  readonly panel: Panel
  /** Only what has this in it is listed. */
  readonly find: string
  /** The text to find is being typed. */
  readonly isTyping: boolean
  readonly isPaused: boolean
}

export const FIRST_STATE: TopState = { panel: 'failures', find: '', isTyping: false, isPaused: false }

const PANEL_KEYS: Readonly<Record<string, Panel>> = {
  f: 'failures',
  s: 'slowest',
  w: 'workers',
  l: 'logs',
  '?': 'help',
}

/** Characters to find, at most. */
const LONGEST = 60

/** Returns what a key makes of a state; `quit` to leave. Keys without a meaning change nothing. */
export function afterKey(state: TopState, key: string): TopState | 'quit' {
  if (key === '\u0003') return 'quit'
  if (state.isTyping) return typed(state, key)
  if (key === 'q' || key === '\u0004') return 'quit'
  if (key === '/') return { ...state, isTyping: true, find: '' }
  if (key === '\u001B') return { ...state, find: '', panel: state.panel === 'help' ? 'failures' : state.panel }
  if (key === 'p' || key === ' ') return { ...state, isPaused: !state.isPaused }
  const panel = PANEL_KEYS[key]
  if (panel === undefined) return state
  return { ...state, panel: panel === state.panel && panel !== 'failures' ? 'failures' : panel }
}

function typed(state: TopState, key: string): TopState {
  switch (key) {
    case '\r':
    case '\n':
      return { ...state, isTyping: false }
    case '\u001B':
      return { ...state, isTyping: false, find: '' }
    case '\u007F':
    case '\b':
      return { ...state, find: state.find.replace(/.$/su, '') }
    default:
      return /^\P{C}+$/u.test(key) ? { ...state, find: (state.find + key).slice(0, LONGEST) } : state
  }
}

/** Divides what a terminal sent into keys: an arrow or another key that sends a sequence is one key. */
export function keysOf(text: string): string[] {
  // oxlint-disable-next-line no-control-regex -- keys of a terminal
  return text.match(/\u001B\[[\d;]*[ -/]*[@-~]|\u001BO.|\u001B|[^\u001B]/gsu) ?? []
}

/** Tells if something is to be listed, given what is looked for: a part of its text, or `#17`. */
export function isFound(find: string, task: number | undefined, ...texts: readonly string[]): boolean {
  if (find === '') return true
  const wanted = find.toLowerCase()
  return `#${task}` === wanted || texts.some((text) => text.toLowerCase().includes(wanted))
}
