import { readFileSync } from 'node:fs'

// Loaded before a program: its clock goes wrong by as many milliseconds as stand in a file.
const now = Date.now.bind(Date)

function shift(): number {
  try {
    return Number(readFileSync(process.env['CLOCK_SHIFT_FILE'] as string, 'utf8'))
  } catch {
    return 0
  }
}

globalThis.Date = class extends Date {
  constructor(...args: readonly unknown[]) {
    super(...((args.length === 0 ? [now() + shift()] : args) as [number]))
  }

  static override now(): number {
    return now() + shift()
  }
} as DateConstructor
