import type { Scale } from './scale.ts'

/** Movements of less than so many pixels are a click. */
const CLICK = 4

/** Effects of a pointer on a timeline. */
export interface PointerActions {
  /** The scale has changed. */
  changed(): void
  pick(x: number, y: number): void
  hover(x: number, y: number): void
}

interface Drag {
  readonly x: number
  readonly from: number
  readonly to: number
  readonly isOverview: boolean
  /** One finger moves what is seen. */
  readonly isPan: boolean
}

/** Lets a pointer choose a stretch, fingers move and pinch, and the wheel zoom with Ctrl or ⌘; alone it scrolls the page. */
export function listenToPointer(
  { stage, overview, lanes }: { stage: HTMLElement; overview: HTMLElement; lanes: HTMLElement },
  scale: Scale,
  actions: PointerActions,
): void {
  const fingers = new Map<number, number>()
  let drag: Drag | undefined
  const across = (event: MouseEvent): number => event.clientX - stage.getBoundingClientRect().left
  const down = (event: MouseEvent): number => event.clientY - lanes.getBoundingClientRect().top

  const onDown = (event: PointerEvent): void => {
    const x = across(event)
    fingers.set(event.pointerId, x)
    ;(event.target as Element).setPointerCapture(event.pointerId)
    const isOverview = event.target === overview
    drag = { x, from: scale.from, to: scale.to, isOverview, isPan: event.pointerType === 'touch' && !isOverview }
  }
  const onMove = (event: PointerEvent): void => {
    const x = across(event)
    const before = fingers.get(event.pointerId)
    if (before === undefined) {
      if (event.target === lanes) actions.hover(x, down(event))
      return
    }
    fingers.set(event.pointerId, x)
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1]
    if (other !== undefined) {
      scale.zoom(Math.abs(before - other) / Math.max(8, Math.abs(x - other)), scale.at((x + other) / 2))
      return actions.changed()
    }
    if (drag === undefined) return
    if (drag.isPan) {
      const by = (drag.x - x) * ((drag.to - drag.from) / (scale.width - scale.left))
      scale.show(drag.from + by, drag.to + by)
      return actions.changed()
    }
    stage.classList.toggle('marking', Math.abs(x - drag.x) > CLICK)
    stage.style.setProperty('--mark', `${Math.min(x, drag.x)}px`)
    stage.style.setProperty('--mark-width', `${Math.abs(x - drag.x)}px`)
  }
  const onUp = (event: PointerEvent): void => {
    const isLast = fingers.size === 1
    fingers.delete(event.pointerId)
    stage.classList.remove('marking')
    if (!isLast || drag === undefined) return
    const x = across(event)
    const hasMoved = Math.abs(x - drag.x) > CLICK
    const ends = [Math.min(x, drag.x), Math.max(x, drag.x)] as const
    if (drag.isOverview) {
      const whole = (at: number): number => ((at - scale.left) / (scale.width - scale.left)) * scale.end
      const half = (scale.to - scale.from) / 2
      if (hasMoved) scale.show(whole(ends[0]), whole(ends[1]))
      else scale.show(whole(x) - half, whole(x) + half)
    } else if (!hasMoved) actions.pick(x, down(event))
    else if (!drag.isPan) scale.show(scale.at(ends[0]), scale.at(ends[1]))
    drag = undefined
    actions.changed()
  }
  for (const canvas of [overview, lanes]) {
    canvas.addEventListener('pointerdown', onDown)
    canvas.addEventListener('pointermove', onMove)
    canvas.addEventListener('pointerup', onUp)
    canvas.addEventListener('pointercancel', onUp)
  }
  const onWheel = (event: WheelEvent): void => {
    if (event.ctrlKey || event.metaKey) scale.zoom(Math.exp(event.deltaY / 300), scale.at(across(event)))
    else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) scale.move(event.deltaX / scale.width)
    else return
    event.preventDefault()
    actions.changed()
  }
  lanes.addEventListener('wheel', onWheel, { passive: false })
}
