/** The part of the run that is seen, and where moments lie in it. */
export class Scale {
  /** The length of the run in milliseconds. */
  end: number
  from = 0
  to: number
  /** In pixels: the width of the drawing, and where its time begins. */
  width = 0

  constructor(end: number) {
    this.end = Math.max(end, 0.001)
    this.to = this.end
  }

  get left(): number {
    return this.width < 560 ? 26 : 76
  }

  get perPixel(): number {
    return (this.to - this.from) / (this.width - this.left)
  }

  get isWhole(): boolean {
    return this.to - this.from >= this.end * 0.999
  }

  x(at: number): number {
    return this.left + (at - this.from) / this.perPixel
  }

  at(x: number): number {
    return this.from + (x - this.left) * this.perPixel
  }

  /** Takes in that the run has become longer. What shows its end goes on to show it. */
  grow(end: number): void {
    const [isWhole, isAtEnd, span] = [this.isWhole, this.to >= this.end * 0.999, this.to - this.from]
    this.end = Math.max(end, 0.001)
    if (isWhole) this.show(0, this.end)
    else if (isAtEnd) this.show(this.end - span, this.end)
  }

  /** Shows a stretch, as far as the run has it and it is not too short. */
  show(from: number, to: number): void {
    const span = Math.min(this.end, Math.max(to - from, 0.05, this.end / 2e5))
    this.from = Math.max(0, Math.min(this.end - span, (from + to - span) / 2))
    this.to = this.from + span
  }

  /** Shows `factor` times as much, so that a moment stays where it is. */
  zoom(factor: number, at: number = (this.from + this.to) / 2): void {
    this.show(at - (at - this.from) * factor, at + (this.to - at) * factor)
  }

  move(share: number): void {
    const by = (this.to - this.from) * share
    this.show(this.from + by, this.to + by)
  }
}
