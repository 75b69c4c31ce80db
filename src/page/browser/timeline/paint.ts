import { moment, timeStep } from '../../../view/format/times.ts'
import type { Colors } from './colors.ts'
import type { Scale } from './scale.ts'

export type Paint = CanvasRenderingContext2D

/** Makes a canvas so tall and as sharp as the screen, and empties it. */
export function prepareCanvas(canvas: HTMLCanvasElement, width: number, height: number): Paint {
  const ratio = devicePixelRatio || 1
  canvas.style.height = `${height}px`
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  const paint = canvas.getContext('2d')
  if (paint === null) throw new Error('this browser has no canvas')
  paint.scale(ratio, ratio)
  paint.font = `12px ${getComputedStyle(document.body).fontFamily}`
  paint.textBaseline = 'middle'
  paint.lineWidth = 2
  return paint
}

export function box(paint: Paint, fill: string, x: number, y: number, width: number, height: number): void {
  paint.fillStyle = fill
  paint.fillRect(x, y, width, height)
}

export function write(
  paint: Paint,
  fill: string,
  text: string,
  x: number,
  y: number,
  align: CanvasTextAlign = 'left',
): void {
  paint.fillStyle = fill
  paint.textAlign = align
  paint.fillText(text, x, y)
}

/** Draws the marks of a time axis: lines from `top` to `bottom`, with their moments at `textY`. */
export function paintAxis(
  paint: Paint,
  { width, left }: Scale,
  { line, dim }: Colors,
  part: { readonly from: number; readonly to: number },
  place: { readonly top: number; readonly bottom: number; readonly textY: number },
): void {
  const perPixel = (part.to - part.from) / (width - left)
  const step = timeStep(perPixel * 90)
  for (let at = Math.ceil(part.from / step) * step; at <= part.to; at += step) {
    const x = Math.round(left + (at - part.from) / perPixel)
    box(paint, line, x, place.top, 1, place.bottom - place.top)
    if (at === 0) write(paint, dim, moment(at, step), x, place.textY)
    else if (x < width - 16 && x > left + 8) write(paint, dim, moment(at, step), x, place.textY, 'center')
  }
}
