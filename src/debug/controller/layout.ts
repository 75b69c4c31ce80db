import { isAbsolute, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

import { escapeText, type Paint } from '../../util/terminal-text.ts'
import type { Frame, SourceLines } from './frames.ts'

const MARK = '▶'
/** What stands before a line of a file, beside its number. */
const GUTTER = 8
/** So much of a line is shown after its place. */
const MARGIN = 10

/** `tasks.ts:12:22`, from the working folder. */
export function placeOf({ position: { url, line, column } }: Frame, cwd: string = process.cwd()): string {
  return `${shortPath(url, cwd)}:${line + 1}:${column + 1}`
}

function shortPath(url: string, cwd: string): string {
  if (!url.startsWith('file:')) return url
  const path = fileURLToPath(url)
  const short = relative(cwd, path)
  return short.startsWith('..') || isAbsolute(short) ? path : short
}

/** What failed, above all else. */
export function failureLines([what = '', ...rest]: readonly string[], paint: Paint): string[] {
  const indented = (text: string): string => text.replaceAll('\n', '\n    ')
  return [`${paint('red', '✖')} ${paint('bold', indented(what))}`, ...rest.map((line) => `  ${indented(line)}`)]
}

/** A frame of the stack in a line; `width`: of the longest name. */
export function frameLine(frame: Frame, number: number, selected: boolean, width: number, paint: Paint): string {
  const mark = selected ? paint('cyan', MARK) : ' '
  const name = nameOf(frame).padEnd(width)
  const place = paint('dim', placeOf(frame))
  return `${mark} ${String(number).padStart(2)}  ${selected ? paint('bold', name) : name}  ${place}`
}

/** The name of a call; of one that waits for another, this is said, too. */
export function nameOf({ name, call }: Frame): string {
  return escapeText(call === undefined ? `await in ${name}` : name)
}

/** The lines around a place, with the place marked; so many before and after it. */
export function listing(
  { lines, first, line, column }: SourceLines,
  around: number,
  columns: number,
  paint: Paint,
): string[] {
  const from = Math.max(first, line - around)
  const to = Math.min(first + lines.length - 1, line + around)
  const width = String(to + 1).length
  const room = Math.max(40, columns - width - GUTTER)
  const result: string[] = []
  for (let at = from; at <= to; at++) {
    const whole = withoutTabs(lines[at - first] ?? '')
    const number = String(at + 1).padStart(width)
    if (at !== line) {
      result.push(paint('dim', `  ${number} │ `) + shortened(whole, room))
      continue
    }
    const caret = withoutTabs((lines[at - first] ?? '').slice(0, column)).length
    // Of a long line that part is shown which has the place in it.
    const start = caret < room - MARGIN ? 0 : caret - Math.floor(room / 2)
    const text = start === 0 ? whole : `…${whole.slice(start + 1)}`
    result.push(`${paint('cyan', MARK)} ${number} ${paint('dim', '│')} ${paint('bold', shortened(text, room))}`)
    result.push(`  ${' '.repeat(width)} ${paint('dim', '│')} ${' '.repeat(caret - start)}${paint('red', '^')}`)
  }
  return result
}

function withoutTabs(text: string): string {
  return escapeText(text.replaceAll('\t', '  '))
}

function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text
}

/** Variables with their values, aligned, each in one line of the screen. */
export function variableLines(
  variables: readonly { readonly name: string; readonly text: string; readonly captured: boolean }[],
  columns: number,
  paint: Paint,
): string[] {
  const width = Math.min(20, Math.max(0, ...variables.map(({ name }) => name.length)))
  return variables.map(({ name, text, captured }) => {
    const padded = name.padEnd(width)
    const room = Math.max(20, columns - padded.length - 6)
    const value = shortened(text, room)
    return `  ${paint(captured ? 'dim' : 'cyan', padded)}  ${captured ? paint('dim', value) : value}`
  })
}
