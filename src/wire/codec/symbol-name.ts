/** A text that stands for a symbol in every thread; undefined for symbols that each thread makes its own. */
export function nameOfSymbol(symbol: symbol): string | undefined {
  const key = Symbol.keyFor(symbol)
  if (key !== undefined) return `for ${key}`
  const name = Object.getOwnPropertyNames(Symbol).find((one) => Reflect.get(Symbol, one) === symbol)
  return name === undefined ? undefined : `Symbol.${name}`
}

/** The symbol that a text stands for. */
export function symbolOfName(name: string): symbol {
  if (name.startsWith('for ')) return Symbol.for(name.slice(4))
  return Reflect.get(Symbol, name.slice('Symbol.'.length)) as symbol
}
