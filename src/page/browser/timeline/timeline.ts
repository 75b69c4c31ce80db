import { count } from '../../../view/format/numbers.ts'
import { moment, time } from '../../../view/format/times.ts'
import { isBad, OUTCOMES, type Shown } from '../attempts.ts'
import { find } from '../elements.ts'
import { currentColors } from './colors.ts'
import { Lanes, LANES_TOP, type Marking } from './lanes.ts'
import { legendOf } from './legend.ts'
import { paintOverview } from './overview.ts'
import { listenToPointer } from './pointer.ts'
import { Scale } from './scale.ts'

/** The task stream: who worked on what, and when. */
export class Timeline {
  readonly #root: HTMLElement
  #shown: Shown
  readonly #onPick: (attempt: number) => void
  readonly #scale: Scale
  #lanes: Lanes
  readonly #marking: Marking
  #bad: readonly number[] = []
  readonly #stage: HTMLElement
  readonly #overview: HTMLCanvasElement
  readonly #canvas: HTMLCanvasElement
  readonly #tip: HTMLElement
  #frame: number | undefined

  /** `onPick`: called with the attempt that is picked, or -1. */
  constructor(root: HTMLElement, shown: Shown, onPick: (attempt: number) => void) {
    this.#root = root
    this.#shown = shown
    this.#onPick = onPick
    this.#scale = new Scale(shown.end)
    this.#lanes = new Lanes(shown, this.#scale)
    this.#marking = { by: shown.steps.length > 1 ? 'step' : 'state', picked: -1, found: undefined }
    this.#bad = badOf(shown)
    this.#stage = find('.stage', root)
    this.#overview = find('.overview', root)
    this.#canvas = find('.lanes', root)
    this.#tip = find('.tip', root)
    this.#listen()
  }

  /** The run as it is shown. */
  get shown(): Shown {
    return this.#shown
  }

  /** Shows the run as it has become since. What is picked and seen stays so. */
  update(shown: Shown): void {
    const { tasks } = this.#shown
    const picked = this.#marking.picked
    const [task, attempt] = [tasks.task[picked], tasks.attempt[picked]]
    this.#shown = shown
    this.#scale.grow(shown.end)
    this.#lanes = new Lanes(shown, this.#scale)
    this.#bad = badOf(shown)
    this.#marking.picked =
      picked < 0 ? -1 : shown.tasks.task.findIndex((one, i) => one === task && shown.tasks.attempt[i] === attempt)
    this.draw()
  }

  /** Draws once before the next frame, however often it is asked for. */
  draw(): void {
    if (this.#frame !== undefined) return
    this.#frame = requestAnimationFrame(() => {
      this.#frame = undefined
      this.#scale.width = this.#stage.clientWidth
      if (this.#scale.width > 60) this.#paint()
    })
  }

  /** Shows some tasks, the others pale; all if `found` is undefined. */
  highlight(found: ReadonlySet<number> | undefined): void {
    this.#marking.found = found
    this.draw()
  }

  show(from: number, to: number): void {
    this.#scale.show(from, to)
    this.draw()
  }

  /** Picks the last attempt of a task that is here one by one. */
  pickTask(task: number): void {
    this.#pick(this.#shown.tasks.task.lastIndexOf(task), true)
  }

  #pick(i: number, comesCloser: boolean): void {
    this.#marking.picked = i
    const { start, ms } = this.#shown.tasks
    const [at, length] = [start[i] ?? 0, ms[i] ?? 0]
    const { from, to, perPixel } = this.#scale
    if (comesCloser && i >= 0 && (length / perPixel < 8 || at < from || at > to))
      this.#scale.show(at - length * 8 - 20, at + length * 9 + 20)
    this.#onPick(i)
    this.draw()
  }

  #paint(): void {
    const colors = currentColors()
    paintOverview(this.#overview, this.#shown, this.#scale, colors)
    this.#lanes.paint(this.#canvas, colors, this.#marking)
    this.#showLegend()
  }

  #showLegend(): void {
    const signs = legendOf(this.#shown, this.#marking.by, this.#bad)
    find('[data-legend]', this.#root).replaceChildren(...signs)
  }

  #listen(): void {
    const stage = this.#stage
    listenToPointer({ stage, overview: this.#overview, lanes: this.#canvas }, this.#scale, {
      changed: () => this.draw(),
      pick: (x, y) => this.#pick(this.#lanes.hit(x, y)[0], false),
      hover: (x, y) => this.#hover(x, y),
    })
    this.#canvas.addEventListener('pointerleave', () => (this.#tip.hidden = true))
    const keys: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => this.#scale.move(-0.2),
      ArrowRight: () => this.#scale.move(0.2),
      '+': () => this.#scale.zoom(0.5),
      '-': () => this.#scale.zoom(2),
      0: () => this.#scale.show(0, this.#scale.end),
      n: () => this.#pick(this.#bad.find((i) => i > this.#marking.picked) ?? this.#bad[0] ?? -1, true),
      Escape: () => this.#pick(-1, false),
    }
    const press = (key: string): boolean => {
      const action = keys[key]
      action?.()
      this.draw()
      return action !== undefined
    }
    stage.addEventListener('keydown', (event) => {
      if (!event.ctrlKey && !event.metaKey && press(event.key)) event.preventDefault()
    })
    for (const button of this.#root.querySelectorAll<HTMLElement>('[data-key]'))
      button.addEventListener('click', () => press(button.dataset['key'] ?? ''))
    for (const radio of this.#root.querySelectorAll<HTMLInputElement>('[name=by]'))
      radio.addEventListener('change', () => {
        this.#marking.by = radio.value === 'step' ? 'step' : 'state'
        this.draw()
      })
    new ResizeObserver(() => this.draw()).observe(stage)
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw())
  }

  #hover(x: number, y: number): void {
    const [i, lane] = this.#lanes.hit(x, y)
    this.#tip.hidden = lane < 0
    if (lane < 0) return
    this.#tip.textContent = i >= 0 ? this.#aboutAttempt(i) : this.#aboutLane(lane, this.#scale.at(x))
    const { row, gap } = this.#lanes
    const most = this.#scale.width - this.#tip.offsetWidth - 4
    this.#tip.style.left = `${Math.min(Math.max(4, x - this.#tip.offsetWidth / 2), most)}px`
    this.#tip.style.top = `${this.#canvas.offsetTop + LANES_TOP + (lane + 1) * (row + gap) + 4}px`
  }

  #aboutAttempt(i: number): string {
    const { task, input, state, ms, start, attempt } = this.#shown.tasks
    const tries = (attempt[i] as number) > 1 ? `, attempt ${attempt[i]}` : ''
    const outcome = `${OUTCOMES[state[i] as number]}, ${time(ms[i] as number)} from ${moment(start[i] as number, 10)}`
    return `#${task[i]} ${input[i]}\n${outcome}${tries}`
  }

  #aboutLane(lane: number, at: number): string {
    const { tasks, laneMs, lanes, steps, all, bins } = this.#shown
    const shares = (tasks.work[lane] ?? []).map((series) => Math.round((series[Math.floor(at / laneMs)] ?? 0) * 100))
    const busy = Math.min(
      100,
      shares.reduce((sum, share) => sum + share, 0),
    )
    const lines = [`${lanes[lane]} at ${moment(at, 100)}: ${busy} % busy`]
    if (steps.length > 1) lines.push(steps.map((name, s) => `${name} ${shares[s] ?? 0} %`).join(' · '))
    const finished = bins.ok[Math.floor(at / bins.ms)] ?? 0
    if (all) lines.push('closer to see single tasks')
    else lines.push(`${count(finished)} finished in these ${time(bins.ms)} by all`)
    return lines.join('\n')
  }
}

/** The attempts that failed. */
function badOf({ tasks }: Shown): number[] {
  return Array.from({ length: tasks.n }, (_, i) => i).filter((i) => isBad(tasks, i))
}
