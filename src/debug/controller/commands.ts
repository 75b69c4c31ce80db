/** A command of the prompt. */
export interface Command {
  readonly names: readonly string[]
  readonly does: string
}

export type CommandName =
  | 'where'
  | 'up'
  | 'down'
  | 'frame'
  | 'list'
  | 'locals'
  | 'print'
  | 'retry'
  | 'continue'
  | 'quit'
  | 'help'

export const COMMANDS: Readonly<Record<CommandName, Command>> = {
  where: {
    names: ['w', 'where [all]'],
    does: 'the stack with the variables; all: with the frames of Node and manyhands',
  },
  up: { names: ['u', 'up [n]'], does: 'to the caller' },
  down: { names: ['d', 'down [n]'], does: 'back towards the throw' },
  frame: { names: ['f', 'frame <n>'], does: 'to frame n of the stack' },
  list: { names: ['l', 'list [n]'], does: 'the lines around this one; n: lines before and after' },
  locals: { names: ['v', 'locals'], does: 'the variables of this frame' },
  print: { names: ['p', 'print <expression>'], does: 'the expression, even if it looks like a command' },
  retry: { names: ['r', 'retry'], does: 'call the function again with the same input; its code is not reloaded' },
  continue: { names: ['c', 'continue'], does: 'go on: this input fails' },
  quit: { names: ['q', 'quit'], does: 'end the run; finished results are kept' },
  help: { names: ['h', 'help'], does: 'this' },
}

/** A parsed line of input. */
export interface Typed {
  readonly command: CommandName
  readonly rest: string
}

/** Parses a line. Lines that are not a command are expressions. */
export function parseCommand(line: string): Typed | undefined {
  const text = line.trim()
  if (text === '') return undefined
  const [word = '', rest = ''] = /^(\S+)(?:\s+(.*))?$/s.exec(text)?.slice(1) ?? []
  const command = commandOf(word)
  if (command === undefined || !TAKES[command].test(rest)) return { command: 'print', rest: text }
  return { command, rest }
}

/** The arguments a command may take. `up = 3` is an expression. */
const NOTHING = /^$/
const NUMBER = /^\d*$/
const TAKES: Readonly<Record<CommandName, RegExp>> = {
  where: /^(?:all)?$/,
  up: NUMBER,
  down: NUMBER,
  frame: NUMBER,
  list: NUMBER,
  locals: NOTHING,
  print: /./s,
  retry: NOTHING,
  continue: NOTHING,
  quit: NOTHING,
  help: NOTHING,
}

function commandOf(word: string): CommandName | undefined {
  if (word === 'bt') return 'where'
  if (word === '?') return 'help'
  return (Object.keys(COMMANDS) as CommandName[]).find(
    (command) => word === command || word === COMMANDS[command].names[0],
  )
}
