import { map as mapInParallel } from 'manyhands'

/** What these projects use of the library. What a task threw comes as it was thrown. */
export async function map(inputs, fn, options) {
  try {
    return await mapInParallel(inputs, fn, options)
  } catch (error) {
    throw error.name === 'TaskError' ? error.cause : error
  }
}

/** Prints what came of one use, as a line of JSON. */
export async function show(name, work) {
  try {
    console.log(JSON.stringify({ name, value: await work() }))
  } catch (error) {
    const frames = String(error.stack)
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
    console.log(JSON.stringify({ name, error: error.name, message: error.message, frames: frames.slice(0, 3) }))
  }
}
