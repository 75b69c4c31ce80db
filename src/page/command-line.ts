import { cutText } from '../view/format/visible-text.ts'

const LONGEST = 2_000

/** Writes a command as it would be typed into a shell; cut. */
export function commandOf(args: readonly string[]): string {
  return cutText(['manyhands', 'run', ...args.map(quoted)].join(' '), LONGEST)
}

function quoted(arg: string): string {
  return /^[\w@%+=:,./#…-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`
}
