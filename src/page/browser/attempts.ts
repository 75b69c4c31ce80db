import type { PackedShape, Unpacked } from '../../view/pack/packed-view.ts'
import { unpack } from '../../view/pack/unpack.ts'
import { VIEW_STATES } from '../../view/view.ts'
import type { PageData } from '../page-data.ts'
import { find } from './elements.ts'

const [FIRST_BAD, LAST_BAD] = [VIEW_STATES.indexOf('failed'), VIEW_STATES.indexOf('crashed')]

/** Words for single attempts, by the place of their state in `VIEW_STATES`. */
export const OUTCOMES = [
  'ok',
  'from the cache',
  'left out',
  'failed',
  'timed out',
  'lost its worker',
  'stopped',
] as const

/** The run that a page shows. */
export interface Shown extends PageData {
  readonly tasks: Unpacked
}

/** Reads the data that stands in the page. */
export async function readPage(): Promise<Shown> {
  const data = JSON.parse(find('#view').textContent ?? '') as PageData
  const { unit, laneBins: bins } = data
  const shape = { unit, lanes: data.lanes.length, steps: data.steps.length, bins }
  return { ...data, tasks: await readPacked(find('#tasks').textContent ?? '', shape) }
}

/** Reads attempts from deflated bytes in base64. */
export async function readPacked(text: string, shape: PackedShape): Promise<Unpacked> {
  const packed = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0))
  const inflated = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return unpack(new Uint8Array(await new Response(inflated).arrayBuffer()), shape)
}

/** True if an attempt failed, though the task may have succeeded later. */
export function isBad({ state }: Unpacked, i: number): boolean {
  const one = state[i] as number
  return one >= FIRST_BAD && one <= LAST_BAD
}
