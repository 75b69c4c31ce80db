/** Objects of the language that no name leads to. Compilers build iterators for old engines on them. */
const HIDDEN: ReadonlyMap<string, object> = new Map(
  Object.entries({
    '%IteratorPrototype%': above(above([].values())),
    '%ArrayIteratorPrototype%': above([].values()),
    '%AsyncIteratorPrototype%': above(above(above((async function* () {})()))),
    '%GeneratorPrototype%': above(above((function* () {})())),
    '%AsyncGeneratorPrototype%': above(above((async function* () {})())),
    '%TypedArray%': above(Uint8Array),
  }),
)

function above(object: object): object {
  return Object.getPrototypeOf(object) as object
}

const names = new Map([...HIDDEN].map(([name, object]) => [object, name]))

/** Returns the name of the language specification for one of them. */
export function hiddenName(object: object): string | undefined {
  return names.get(object)
}

export function hiddenObject(name: string): object | undefined {
  return HIDDEN.get(name)
}
