import { type Debugger, type Runtime, Session } from 'node:inspector'

import { REPLAY_EXPRESSION, type ShowOptions } from '../replay.ts'

/** Node 26 does not always wake this thread when an answer arrives, so it polls at this interval, in milliseconds. */
const LOOK_MS = 5

/** The number of async frames that are followed back from a throw. */
const ASYNC_DEPTH = 32

/** A script as the engine reports it. */
export interface ScriptOfMain {
  readonly url: string
  /** The line of its file in which it begins, from 0. */
  readonly startLine: number
  /** The URL of its source map, or the map itself. */
  readonly mapUrl?: string
}

/** The result of an expression. */
export interface Evaluated {
  readonly value: Runtime.RemoteObject
  readonly failed: boolean
}

/** The main thread as the controller sees it: stops it at throws, reads its frames, resumes it. */
export class MainThread {
  readonly #session: Session
  readonly #looking: NodeJS.Timeout = setInterval(() => {}, LOOK_MS)
  readonly #scripts = new Map<string, ScriptOfMain>()
  #replayId: string | undefined

  /**
   * Attaches to the main thread. Throws if the runtime has no inspector for this. `onPause` is called at each throw.
   */
  static async attach(onPause: (paused: Debugger.PausedEventDataType) => void): Promise<MainThread> {
    const session = new Session()
    session.connectToMainThread()
    const main = new MainThread(session)
    session.on('Debugger.scriptParsed', ({ params }) => {
      const { url, startLine, sourceMapURL: mapUrl } = params
      main.#scripts.set(params.scriptId, { url, startLine, ...(mapUrl && { mapUrl }) })
    })
    session.on('Debugger.paused', ({ params }) => onPause(params))
    await main.#post('Debugger.enable')
    await main.#post('Debugger.setAsyncCallStackDepth', { maxDepth: ASYNC_DEPTH })
    await main.#post('Debugger.setPauseOnExceptions', { state: 'all' })
    return main
  }

  private constructor(session: Session) {
    this.#session = session
  }

  detach(): void {
    clearInterval(this.#looking)
    this.#session.disconnect()
  }

  /** Stops pausing at throws. */
  async ignoreThrows(): Promise<void> {
    await this.#post('Debugger.setPauseOnExceptions', { state: 'none' })
  }

  /** Resumes the thread, and stops pausing at throws. */
  async release(): Promise<void> {
    await this.ignoreThrows()
    await this.resume()
  }

  async resume(): Promise<void> {
    await this.#post('Debugger.resume')
  }

  /** Calls a method of the replay in the main thread. */
  async ask<T>(method: string, ...values: readonly (Runtime.RemoteObject | string | number | object)[]): Promise<T> {
    const { result } = await this.#post<Runtime.CallFunctionOnReturnType>('Runtime.callFunctionOn', {
      objectId: await this.#replay(),
      functionDeclaration: `function (...values) { return this.${method}(...values) }`,
      arguments: values.map((value) => argumentOf(value)),
      returnByValue: true,
      silent: true,
    })
    return result.value as T
  }

  /** Formats a value. */
  show(value: Runtime.RemoteObject, options: ShowOptions): Promise<string> {
    return this.ask('show', value, { value: options })
  }

  async evaluate(callFrameId: string, expression: string): Promise<Evaluated> {
    const { result, exceptionDetails } = await this.#post<Debugger.EvaluateOnCallFrameReturnType>(
      'Debugger.evaluateOnCallFrame',
      { callFrameId, expression, silent: true },
    )
    return exceptionDetails === undefined
      ? { value: result, failed: false }
      : { value: exceptionDetails.exception ?? result, failed: true }
  }

  /** Interrupts an evaluation. */
  async interrupt(): Promise<void> {
    await this.#post('Runtime.terminateExecution')
  }

  async properties(objectId: string): Promise<Runtime.PropertyDescriptor[]> {
    const { result } = await this.#post<Runtime.GetPropertiesReturnType>('Runtime.getProperties', {
      objectId,
      ownProperties: true,
    })
    return result
  }

  /** Returns the facts about a script. Those that the engine reports with a frame may be empty. */
  script(id: string): ScriptOfMain {
    return this.#scripts.get(id) ?? { url: '', startLine: 0 }
  }

  /** Returns the text of a script. */
  async source(scriptId: string): Promise<string> {
    const { scriptSource } = await this.#post<Debugger.GetScriptSourceReturnType>('Debugger.getScriptSource', {
      scriptId,
    })
    return scriptSource
  }

  /** Opens the inspector of Node in the main thread, on a port of its own. Returns its address. */
  async openInspector(): Promise<string> {
    const inspector = `process.getBuiltinModule('node:inspector')`
    const { result } = await this.#post<Runtime.EvaluateReturnType>('Runtime.evaluate', {
      expression: `${inspector}.url() === undefined && ${inspector}.open(0, '127.0.0.1'), ${inspector}.url()`,
      silent: true,
    })
    return String(result.value)
  }

  async #replay(): Promise<string> {
    if (this.#replayId === undefined) {
      const { result } = await this.#post<Runtime.EvaluateReturnType>('Runtime.evaluate', {
        expression: REPLAY_EXPRESSION,
        silent: true,
      })
      this.#replayId = result.objectId ?? ''
    }
    return this.#replayId
  }

  #post<T = unknown>(method: string, params?: object): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#session.post(method, params, (error, result) => {
        if (error === null) resolve(result as T)
        // The error arrives as a plain object.
        else reject(new Error(error.message))
      })
    })
  }
}

/** Converts an argument of such a call: a value that exists there, or one from here. */
function argumentOf(value: Runtime.RemoteObject | string | number | object): Runtime.CallArgument {
  if (typeof value !== 'object') return { value }
  const { objectId, unserializableValue } = value as Partial<Runtime.RemoteObject>
  if (objectId !== undefined) return { objectId }
  if (unserializableValue !== undefined) return { unserializableValue }
  return { value: (value as { value?: unknown }).value }
}
