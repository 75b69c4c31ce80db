import { render } from 'preact'

import { find } from '../browser/elements.ts'
import { App } from './app.tsx'
import { takeToken } from './token.ts'

const page = find('#page')
page.replaceChildren()
render(<App token={takeToken()} />, page)
