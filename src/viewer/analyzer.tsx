// Entry of the page that analyzes captures itself, and of what was saved from it.

import { render } from 'preact'
import { hasPageData, pageSource } from './blocks.js'
import { documentText } from './saving.js'
import { Analyzer } from './ui/analyzer.js'
import { App } from './ui/app.js'

const root = document.querySelector('#app')
const isSaved = hasPageData()
const template = isSaved ? '' : documentText()
if (root !== null)
  render(isSaved ? <App source={pageSource()} /> : <Analyzer template={template} />, root)
