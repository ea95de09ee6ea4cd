// Entry of the page.

import { render } from 'preact'
import { pageSource } from './blocks.js'
import { App } from './ui/app.js'

const root = document.querySelector('#app')
if (root !== null) render(<App source={pageSource()} />, root)
