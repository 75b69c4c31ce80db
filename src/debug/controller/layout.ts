import { isAbsolute, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

import { shorten } from '../../util/text/show-text.ts'
import { escapeText, type Paint } from '../../util/text/terminal-text.ts'
import type { Frame, SourceLines } from './stack-frames.ts'

const MARK = '▶'
/** The width of the margin with line numbers, in characters. */
const GUTTER = 8
/** The number of characters that are shown after the marked position. */
const MARGIN = 10

/** Formats a position relative to the working directory: `tasks.ts:12:22`. */
export function formatPosition({ position: { url, line, column } }: Frame, cwd: string = process.cwd()): string {
  return `${shortPath(url, cwd)}:${line + 1}:${column + 1}`
}

function shortPath(url: string, cwd: string): string {
  if (!url.startsWith('file:')) return url
  const path = fileURLToPath(url)
  const short = relative(cwd, path)
  return short.startsWith('..') || isAbsolute(short) ? path : short
}

/** Formats the failure as the first lines of the output. */
export function failureLines([what = '', ...rest]: readonly string[], paint: Paint): string[] {
  const indented = (text: string): string => text.replaceAll('\n', '\n    ')
  return [`${paint('red', '✖')} ${paint('bold', indented(what))}`, ...rest.map((line) => `  ${indented(line)}`)]
}

/** Formats a frame of the stack in a line. `width` is that of the longest name. */
export function frameLine(frame: Frame, number: number, selected: boolean, width: number, paint: Paint): string {
  const mark = selected ? paint('cyan', MARK) : ' '
  const name = frameName(frame).padEnd(width)
  const place = paint('dim', formatPosition(frame))
  return `${mark} ${String(number).padStart(2)}  ${selected ? paint('bold', name) : name}  ${place}`
}

/** Returns the name of a call, and marks calls that await another. */
export function frameName({ name, call }: Frame): string {
  return escapeText(call === undefined ? `await in ${name}` : name)
}

/** Formats the lines around a position, with the position marked. `around` lines before and after it are shown. */
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
  for (let row = from; row <= to; row++) {
    const whole = withoutTabs(lines[row - first] ?? '')
    const number = String(row + 1).padStart(width)
    if (row !== line) {
      result.push(paint('dim', `  ${number} │ `) + shorten(whole, room))
      continue
    }
    const caret = withoutTabs((lines[row - first] ?? '').slice(0, column)).length
    // Shows the part of a long line that contains the position.
    const start = caret < room - MARGIN ? 0 : caret - Math.floor(room / 2)
    const text = start === 0 ? whole : `…${whole.slice(start + 1)}`
    result.push(`${paint('cyan', MARK)} ${number} ${paint('dim', '│')} ${paint('bold', shorten(text, room))}`)
    result.push(`  ${' '.repeat(width)} ${paint('dim', '│')} ${' '.repeat(caret - start)}${paint('red', '^')}`)
  }
  return result
}

function withoutTabs(text: string): string {
  return escapeText(text.replaceAll('\t', '  '))
}

/** Formats variables with their values, aligned, each in one line of the screen. */
export function variableLines(
  variables: readonly { readonly name: string; readonly text: string; readonly captured: boolean }[],
  columns: number,
  paint: Paint,
): string[] {
  const width = Math.min(20, Math.max(0, ...variables.map(({ name }) => name.length)))
  return variables.map(({ name, text, captured }) => {
    const padded = name.padEnd(width)
    const room = Math.max(20, columns - padded.length - 6)
    const value = shorten(text, room)
    return `  ${paint(captured ? 'dim' : 'cyan', padded)}  ${captured ? paint('dim', value) : value}`
  })
}
