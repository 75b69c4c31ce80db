import type { PortableGraph } from '../../../wire/protocol/portable.ts'
import { callSitesOf } from '../inspect/call-sites.ts'
import { Inspector } from '../inspect/inspector.ts'
import { placeAt } from '../inspect/place.ts'
import { runsUnderTsx } from '../inspect/program-start.ts'
import { scriptLocationOf } from '../inspect/scripts.ts'
import type { Callable } from '../reference/known-references.ts'
import { Builder, NotReady } from './builder.ts'
import type { CaptureOptions } from './capturing.ts'
import { canTravel, encodeValues } from './encode-values.ts'

/** {@link capture} for functions whose source has to be read. Loaded on first use, because it brings the parser. */
export async function captureGraph(functions: readonly Callable[], options: CaptureOptions): Promise<PortableGraph> {
  for (;;) {
    try {
      return await captureNow(functions, options)
    } catch (error) {
      if (!(error instanceof NotReady)) throw error
      await error.waiting
    }
  }
}

async function captureNow(functions: readonly Callable[], options: CaptureOptions): Promise<PortableGraph> {
  const inspector = await Inspector.open()
  // Nothing is awaited from here on: all variables are read at one moment.
  try {
    const builder = new Builder(inspector, {
      callSites: () => (options.calledAt === undefined ? [] : callSitesOf(options.calledAt)),
      warn: options.warn ?? (() => {}),
      parts: options.parts ?? false,
      hashed: options.hashed ?? false,
      canTravel: (one, value) => canTravel(one, value, options),
    })
    const roots = functions.map((fn) => builder.addRoot(fn))
    const values = encodeValues(builder, options)
    const { functions: portable, modules } = builder.graph
    return { roots, functions: portable, modules, values, ...(runsUnderTsx(modules) && { typescript: 'tsx' }) }
  } finally {
    inspector.close()
  }
}

/** Returns the position of a function's text in the running file; undefined for native ones. */
export async function findPosition(fn: Callable): Promise<FunctionPosition | undefined> {
  const inspector = await Inspector.open()
  try {
    const located = scriptLocationOf(inspector, fn, inspector.inspect(fn))
    return located && { url: located.info.url, line: located.location.line, column: located.location.column }
  } finally {
    inspector.close()
  }
}

/** A position in a running file, from 0. */
export interface FunctionPosition {
  readonly url: string
  readonly line: number
  readonly column: number
}

/** Returns the place of a function, for {@link placeOf}. */
export async function findPlace(fn: Callable): Promise<string | undefined> {
  const inspector = await Inspector.open()
  try {
    const located = scriptLocationOf(inspector, fn, inspector.inspect(fn))
    return located && placeAt(located.info, located.location)
  } finally {
    inspector.close()
  }
}
