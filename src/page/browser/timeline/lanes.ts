/* oxlint-disable unicorn/no-array-fill-with-reference-type -- these fill paths of a canvas */
import { VIEW_STATES } from '../../../view/view.ts'
import { flagOf, flagPath, goneMark, goneOf, gonePath, retryPath } from '../../shapes.ts'
import { isBad, type Shown } from '../attempts.ts'
import type { Colors } from './colors.ts'
import { box, type Paint, paintAxis, prepareCanvas, write } from './paint.ts'
import type { Scale } from './scale.ts'

/** The top of the first lane. */
export const LANES_TOP = 26
/** Single attempts are drawn if each has so many pixels. */
const PIXELS_EACH = 2.5
/** Pixels of a flag above a lane, and of the sign of an attempt after the first, at most. */
const FLAG = 8
const RETRY = 8
/** From this width on a bar has a label; pixels of a letter. */
const LABEL_WIDTH = 43
const LETTER = 6.6

/** Things that are drawn beside the attempts themselves. */
export interface Marking {
  by: 'step' | 'state'
  /** The attempt that is picked, or -1. */
  picked: number
  /** Tasks that were found; the others are pale. */
  found: ReadonlySet<number> | undefined
}

/** Draws the lanes: single attempts where there is room for them, amounts elsewhere. */
export class Lanes {
  readonly #shown: Shown
  readonly #scale: Scale
  /** The attempts of each lane in the order of their starts, and the longest of them. */
  readonly #rows: readonly number[][]
  readonly #longest: readonly number[]
  /** For each lane, if its attempts are drawn one by one. */
  readonly #isExact: boolean[] = []
  row = 30
  gap = 7

  constructor(shown: Shown, scale: Scale) {
    this.#shown = shown
    this.#scale = scale
    const { tasks, lanes } = shown
    this.#rows = lanes.map(() => [])
    for (let i = 0; i < tasks.n; i++) this.#rows[tasks.lane[i] as number]?.push(i)
    this.#longest = this.#rows.map((row) => row.reduce((most, i) => Math.max(most, tasks.ms[i] as number), 0))
  }

  paint(canvas: HTMLCanvasElement, colors: Colors, marking: Marking): void {
    const { lanes, events, tasks } = this.#shown
    const scale = this.#scale
    ;[this.row, this.gap] = lanes.length <= 16 ? [30, 7] : lanes.length <= 40 ? [18, 4] : [10, 2]
    const { row, gap } = this
    const height = LANES_TOP + lanes.length * (row + gap) + 2
    const paint = prepareCanvas(canvas, scale.width, height)
    paintAxis(paint, scale, colors, scale, { top: 18, bottom: height - gap, textY: 9 })
    const inner = scale.width - scale.left
    for (const [l, name] of lanes.entries()) {
      const y = LANES_TOP + l * (row + gap)
      const seen = this.#seen(l)
      const isExact = this.#shown.all && seen.length < inner / PIXELS_EACH
      this.#isExact[l] = isExact
      box(paint, colors.lane, scale.left, y, inner, row)
      if (row > 10) write(paint, colors.dim, scale.left > 40 ? name : name.replace('worker ', ''), 0, y + row / 2 + 1)
      paint.save()
      paint.beginPath()
      paint.rect(scale.left, y - gap, inner, row + gap + 1)
      paint.clip()
      if (isExact) for (const i of seen) this.#paintBar(paint, colors, marking, i, y)
      else this.#paintAmounts(paint, colors, marking, l, y)
      // Failures are never lost among others: each is a flag of its own above its lane.
      for (const i of seen) {
        if ((tasks.attempt[i] as number) > 1) this.#paintRetry(paint, colors, marking, i, y, isExact)
        if (isBad(tasks, i)) this.#paintFlag(paint, colors, marking, i, y, isExact)
      }
      for (const event of events) if (event.lane === l) this.#paintDeath(paint, colors, event, y)
      if (tasks.lane[marking.picked] === l) this.#framePicked(paint, colors, marking.picked, y)
      paint.restore()
    }
  }

  /** Returns what lies at a point: an attempt, or -1, and its lane, or -1. */
  hit(x: number, y: number): [attempt: number, lane: number] {
    const l = Math.floor((y - LANES_TOP + this.gap) / (this.row + this.gap))
    if (l < 0 || l >= this.#rows.length || x < this.#scale.left) return [-1, -1]
    const { tasks } = this.#shown
    const at = this.#scale.at(x)
    let best = -1
    let least = this.#scale.perPixel * 4
    for (const i of this.#seen(l)) {
      const [start, ms] = [tasks.start[i] as number, tasks.ms[i] as number]
      if (this.#isExact[l] !== true && !isBad(tasks, i)) continue
      const distance = this.#isExact[l] === true ? Math.max(0, start - at, at - start - ms) : Math.abs(start + ms - at)
      if (distance >= least) continue
      best = i
      least = distance
    }
    return [best, l]
  }

  /** The attempts of a lane that can be seen. What begins before the left edge may reach into what is seen. */
  #seen(l: number): readonly number[] {
    const row = this.#rows[l] as number[]
    const { start } = this.#shown.tasks
    const placeOf = (at: number): number => {
      let [low, high] = [0, row.length]
      while (low < high) {
        const middle = (low + high) >> 1
        if ((start[row[middle] as number] as number) < at) low = middle + 1
        else high = middle
      }
      return low
    }
    return row.slice(placeOf(this.#scale.from - (this.#longest[l] as number)), placeOf(this.#scale.to))
  }

  #paintBar(paint: Paint, colors: Colors, { by, found }: Marking, i: number, y: number): void {
    const { tasks } = this.#shown
    const { row } = this
    const { left, width: whole, perPixel } = this.#scale
    const from = this.#scale.x(tasks.start[i] as number)
    const width = (tasks.ms[i] as number) / perPixel
    // Neighbours are told apart where there is room for it.
    const room = width > 3 ? 1 : 0
    const color = colors.states[tasks.state[i] as number] as string
    paint.globalAlpha = isPale(tasks.task[i] as number, found) ? 0.16 : 1
    if (by === 'step' && tasks.steps.length > 0) {
      let x = from
      for (const [s, lengths] of tasks.steps.entries()) {
        const part = (lengths[i] as number) / perPixel
        const seen = Math.max(0.6, Math.min(part, from + width - room - x))
        if (part > 0) box(paint, colors.steps[s % 8] as string, x, y, seen, row)
        x += part
      }
      if (isBad(tasks, i)) box(paint, color, from, y + row - 6, Math.max(1, width - room), 6)
    } else box(paint, color, from, y, Math.max(0.6, width - room), row)
    const visible = Math.min(from + width, whole) - Math.max(from, left)
    if (visible < LABEL_WIDTH || row < 18) return
    const text = `#${tasks.task[i]} ${tasks.input[i]}`.slice(0, Math.floor((visible - 10) / LETTER))
    paint.shadowColor = '#0009'
    paint.shadowBlur = 3
    write(paint, '#fff', text, Math.max(from, left) + 5, y + row / 2 + 1)
    paint.shadowBlur = 0
  }

  /** Draws how much of each stretch went to what, from below: what is left above was idle. */
  #paintAmounts(paint: Paint, colors: Colors, { by, found }: Marking, l: number, y: number): void {
    const { laneMs, tasks } = this.#shown
    const work = tasks.work[l] ?? []
    const { left, width, perPixel } = this.#scale
    const cell = Math.max(2, Math.min(3, laneMs / perPixel))
    paint.globalAlpha = found === undefined ? 1 : 0.22
    for (let x = left; x < width; x += cell) {
      const [a, b] = [this.#scale.at(x) / laneMs, this.#scale.at(x + cell) / laneMs]
      let bottom = y + this.row
      for (const [s, series] of work.entries()) {
        const height = Math.min(bottom - y, meanOf(series, a, b) * this.row)
        const color = by === 'step' && work.length > 1 ? colors.steps[s % 8] : colors.states[0]
        if (height > 0) box(paint, color as string, x, bottom - height, cell + 0.3, height + 0.3)
        bottom -= height
      }
    }
    paint.globalAlpha = 1
  }

  /** Hollow if the task succeeded later; solid, with a line through the lane, if it did not. */
  #paintFlag(paint: Paint, colors: Colors, { found }: Marking, i: number, y: number, isExact: boolean): void {
    const { tasks } = this.#shown
    const x = this.#scale.x((tasks.start[i] as number) + (tasks.ms[i] as number))
    const isFinal = tasks.failed[i] === 1
    paint.globalAlpha = isPale(tasks.task[i] as number, found) ? 0.1 : 1
    const state = tasks.state[i] as number
    const color = colors.states[state] as string
    box(paint, color, x - 0.75, y, !isExact && isFinal ? 1.5 : 0, this.row)
    const size = Math.min(FLAG, this.gap + 1)
    const flag = new Path2D(flagPath(flagOf(VIEW_STATES[state]), x, y - size, size))
    paint.lineWidth = 1
    paint.strokeStyle = color
    paint.fillStyle = isFinal ? color : colors.card
    paint.fill(flag)
    paint.stroke(flag)
    paint.lineWidth = 2
    paint.globalAlpha = 1
  }

  /** A triangle at the start of an attempt after the first: small where attempts are close. */
  #paintRetry(paint: Paint, colors: Colors, { found }: Marking, i: number, y: number, isExact: boolean): void {
    const { tasks } = this.#shown
    const size = Math.min(isExact ? RETRY : RETRY / 2, this.row / 3)
    const sign = new Path2D(retryPath(this.#scale.x(tasks.start[i] as number), y + this.row - size - 1, size))
    paint.globalAlpha = isPale(tasks.task[i] as number, found) ? 0.1 : 1
    paint.lineWidth = 1.5
    paint.strokeStyle = colors.card
    if (isExact) paint.stroke(sign)
    paint.fillStyle = colors.ink
    paint.fill(sign)
    paint.lineWidth = 2
    paint.globalAlpha = 1
  }

  /** A circle with a cross if the worker died, a square with one if it was its memory, a circle with an arrow if it was replaced. */
  #paintDeath(paint: Paint, colors: Colors, event: Shown['events'][number], y: number): void {
    const gone = goneOf(event)
    const [x, middle] = [this.#scale.x(event.at), y + this.row / 2]
    const radius = Math.min(8, this.row / 2 - 1)
    const sign = new Path2D(gonePath(gone, x, middle, radius))
    paint.fillStyle = colors.card
    paint.strokeStyle = gone === 'replaced' ? colors.dim : colors.failed
    paint.fill(sign)
    paint.stroke(sign)
    paint.stroke(new Path2D(goneMark(gone, x, middle, radius)))
  }

  #framePicked(paint: Paint, colors: Colors, i: number, y: number): void {
    const { start, ms } = this.#shown.tasks
    paint.strokeStyle = colors.ink
    const width = Math.max(4, (ms[i] as number) / this.#scale.perPixel) + 2
    paint.strokeRect(this.#scale.x(start[i] as number) - 1, y + 1, width, this.row - 2)
  }
}

/** True if others are looked for. */
function isPale(task: number, found: ReadonlySet<number> | undefined): boolean {
  return found !== undefined && !found.has(task)
}

/** The mean of a series between two places, which may lie inside of bins. */
function meanOf(series: Float32Array, from: number, to: number): number {
  let total = 0
  for (let bin = Math.floor(from); bin < to; bin++)
    total += (series[bin] ?? 0) * (Math.min(to, bin + 1) - Math.max(from, bin))
  return total / (to - from)
}
