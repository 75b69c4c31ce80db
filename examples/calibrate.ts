import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'

import jpeg from 'jpeg-js'
import { pipeline } from 'manyhands/pipeline'

/** What is known of the camera. */
export interface Camera {
  /** What it shows of complete darkness, from 0 to 255. */
  readonly dark: number
  /** How much of the light is lost in the corners, from 0 to 1. */
  readonly fallOff: number
  /** Pixels that are always wrong, as [x, y]. */
  readonly bad: readonly (readonly [number, number])[]
}

export interface Image {
  readonly width: number
  readonly height: number
  /** Brightness, row by row. */
  readonly light: Float32Array
}

/**
 * Calibrates photographs: dark subtraction, flat field, mask of bad pixels, then some figures.
 *
 * `manyhands run calibrate.ts#calibrate 'photos/*.jpg' --config @camera.json`
 */
export const calibrate = pipeline<{ input: string }>('calibrate')
  .step('raw', ({ input }) => readImage(input))
  .step('dark', ({ raw }, camera: Camera) => withoutDark(raw, camera.dark))
  .step('flat', ({ dark }, camera: Camera) => flattened(dark, camera))
  .drop('raw', 'dark')
  .step('masked', ({ flat }, camera: Camera) => withoutBad(flat, camera.bad))
  .drop('flat')
  .step('stats', ['masked'], (image) => statsOf(image))
  .assign('facts', ({ input, masked }) => ({ name: basename(input), width: masked.width, height: masked.height }))
  .drop('input', 'masked')

export async function readImage(file: string): Promise<Image> {
  const { width, height, data } = jpeg.decode(await readFile(file), { useTArray: true })
  const light = new Float32Array(width * height)
  for (let i = 0; i < light.length; i++) {
    const at = 4 * i
    light[i] = 0.299 * (data[at] as number) + 0.587 * (data[at + 1] as number) + 0.114 * (data[at + 2] as number)
  }
  return { width, height, light }
}

export function withoutDark(image: Image, dark: Camera['dark']): Image {
  return each(image, (light) => Math.max(0, light - dark))
}

export function flattened(image: Image, camera: Camera): Image {
  return each(image, (light, x, y) => light / brightnessAt(image, camera, x, y))
}

/** A new image, pixel by pixel. */
function each(image: Image, change: (light: number, x: number, y: number) => number): Image {
  const { width } = image
  return { ...image, light: image.light.map((light, i) => change(light, i % width, Math.floor(i / width))) }
}

/** The share of the light that arrives at a pixel: 1 in the middle, less in the corners. */
function brightnessAt({ width, height }: Image, { fallOff }: Camera, x: number, y: number): number {
  const fromMiddle = ((2 * x) / width - 1) ** 2 + ((2 * y) / height - 1) ** 2
  return 1 - (fallOff * fromMiddle) / 2
}

/** Bad pixels become the median of their neighbours. */
export function withoutBad(image: Image, bad: Camera['bad']): Image {
  const { width, height } = image
  const light = image.light.slice()
  for (const [x, y] of bad) {
    if (x >= width || y >= height) continue
    const neighbours: number[] = []
    for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++)
      for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++)
        if (row !== y || column !== x) neighbours.push(image.light[row * width + column] as number)
    light[y * width + x] = neighbours.sort((a, b) => a - b)[neighbours.length >> 1] as number
  }
  return { ...image, light }
}

export function statsOf({ light }: Image): { readonly mean: number; readonly deviation: number } {
  let [sum, squares] = [0, 0]
  for (const value of light) {
    sum += value
    squares += value * value
  }
  const mean = sum / light.length
  return { mean: rounded(mean), deviation: rounded(Math.sqrt(squares / light.length - mean * mean)) }
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
