/** A row among the inputs that could not be read: it fails, and the others go on. */
export class BadRow extends Error {
  override readonly name = 'bad row'
  /** `rows.csv:17` */
  readonly place: string

  constructor(place: string, message: string) {
    super(message)
    this.place = place
  }
}
