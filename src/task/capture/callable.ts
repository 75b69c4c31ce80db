/** Anything that can be sent as a function: classes too. */
export type Callable = ((...args: never[]) => unknown) | (abstract new (...args: never[]) => unknown)
