// Entry of the page that analyzes captures itself.

import { render } from 'preact'
import { Analyzer } from './ui/analyzer.js'

const root = document.querySelector('#app')
if (root !== null) render(<Analyzer />, root)
