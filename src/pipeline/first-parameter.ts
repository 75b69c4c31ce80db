import type { StepFunction } from './definition.ts'

/** `({ raw, dark: d }, config) => …`, also as a function or a method; nothing nested, nothing computed. */
const PATTERN = /^(?:async\s+)?(?:function\b)?\s*[\w$]*\s*\(\s*\{([\w$\s,:.]*)\}/

/**
 * The fields that a function takes out of its first parameter: what it must find there. Nothing where it takes the
 * parameter as a whole, or in a way that only a parser could read.
 */
export function fieldsOfFirstParameter(fn: StepFunction): readonly string[] {
  const fields = PATTERN.exec(Function.prototype.toString.call(fn))?.[1] ?? ''
  return fields.split(',').flatMap((field) => /^\s*([\w$]+)\s*(?::\s*[\w$]+\s*)?$/.exec(field)?.[1] ?? [])
}
