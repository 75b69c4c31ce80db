import type { Insight, View } from '../view.ts'

/** A view before anything is said about it. */
export type Facts = Omit<View, 'insights'>

/** A rule says something about a run; nothing if nothing stands out, or if its data is missing. */
export type Rule = (facts: Facts) => Omit<Insight, 'rule'> | undefined
