// A module that workers on other machines are started with registers the classes of their tasks itself.
const url = import.meta.resolve('manyhands/testing').replace('index.js', 'contract/values.js')
const { registerOnce } = (await import(url)) as { registerOnce: () => void }
registerOnce()
