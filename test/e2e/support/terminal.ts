import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'

const LONGEST_MS = 30_000
/** Between two looks at the screen. */
const LOOK_MS = 20

/** Each has a server of its own: that of the one before may just be ending. */
let sockets = 0

const COLUMNS = 100
const ROWS = 60

function has(command: string, arg: string, sign: RegExp): boolean {
  return sign.test(spawnSync(command, [arg], { encoding: 'utf8' }).stdout ?? '')
}

const hasTmux = has('tmux', '-V', /^tmux/)
/** `script` gives a command a terminal, too, but draws no screen. */
const hasScript = has('script', '--version', /util-linux/)

/** Why there can be no terminal here, if so. */
export const noTerminal: string | false =
  !hasTmux && !hasScript && 'neither tmux nor the script command of util-linux is there'

/** A command on a terminal of its own, as a person sees it. */
export interface Terminal extends Disposable {
  type(line: string): void
  /** Presses keys, without Enter. */
  press(keys: string): void
  /** True if it shows the alternate screen, or no cursor. */
  isTaken(): boolean
  /** What it shows, once the text is on it. */
  shows(text: string | RegExp): Promise<string>
}

/** Starts a command, as a shell takes it, on a terminal. */
export function openTerminal(command: string, folder: string, env: NodeJS.ProcessEnv): Terminal {
  const whole = `${command}; echo ended with $?`
  return hasTmux ? new TmuxTerminal(whole, folder, env) : new ScriptTerminal(whole, folder, env)
}

async function until(screen: () => string, text: string | RegExp): Promise<string> {
  const deadline = performance.now() + LONGEST_MS
  for (;;) {
    const shown = screen()
    if (typeof text === 'string' ? shown.includes(text) : text.test(shown)) return shown
    if (performance.now() > deadline) throw new Error(`"${text}" did not come:\n${shown}`)
    await sleep(LOOK_MS)
  }
}

class TmuxTerminal implements Terminal {
  readonly #socket: string

  constructor(command: string, folder: string, env: NodeJS.ProcessEnv) {
    // In the folder of the test, with which it goes.
    this.#socket = join(folder, `.tmux-${++sockets}`)
    const size = ['-x', String(COLUMNS), '-y', String(ROWS)]
    // What it shows stays to be looked at when the command is over.
    const session = ['new-session', '-d', '-c', folder, ...size, `${command}; read wait`]
    execFileSync('tmux', ['-S', this.#socket, '-f', '/dev/null', ...session], {
      env: { ...env, TERM: 'xterm-256color' },
    })
  }

  type(line: string): void {
    execFileSync('tmux', ['-S', this.#socket, 'send-keys', '-l', line])
    execFileSync('tmux', ['-S', this.#socket, 'send-keys', 'Enter'])
  }

  press(keys: string): void {
    execFileSync('tmux', ['-S', this.#socket, 'send-keys', '-l', keys])
  }

  isTaken(): boolean {
    const flags = ['display-message', '-p', '#{alternate_on} #{cursor_flag}']
    return execFileSync('tmux', ['-S', this.#socket, ...flags], { encoding: 'utf8' }).trim() !== '0 1'
  }

  shows(text: string | RegExp): Promise<string> {
    return until(
      () => execFileSync('tmux', ['-S', this.#socket, 'capture-pane', '-p', '-S', '-'], { encoding: 'utf8' }),
      text,
    )
  }

  [Symbol.dispose](): void {
    execFileSync('tmux', ['-S', this.#socket, 'kill-server'])
  }
}

class ScriptTerminal implements Terminal {
  readonly #child: ChildProcess
  #output = ''

  constructor(command: string, folder: string, env: NodeJS.ProcessEnv) {
    const typed = `stty cols ${COLUMNS} rows ${ROWS}; ${command}; read wait`
    this.#child = spawn('script', ['-qec', typed, '/dev/null'], {
      cwd: folder,
      env: { ...env, TERM: 'xterm-256color' },
      detached: true,
    })
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#output += text))
  }

  type(line: string): void {
    this.#child.stdin?.write(`${line}\r`)
  }

  press(keys: string): void {
    this.#child.stdin?.write(keys)
  }

  isTaken(): boolean {
    const isOn = (on: string, off: string): boolean => this.#output.lastIndexOf(on) > this.#output.lastIndexOf(off)
    return isOn('\u001B[?1049h', '\u001B[?1049l') || isOn('\u001B[?25l', '\u001B[?25h')
  }

  shows(text: string | RegExp): Promise<string> {
    return until(() => stripVTControlCharacters(this.#output).replaceAll('\r\n', '\n'), text)
  }

  [Symbol.dispose](): void {
    process.kill(-(this.#child.pid as number), 'SIGKILL')
  }
}
