// A text to take along, with a button that copies it.

import type { JSX } from 'preact'
import { useId, useRef, useState } from 'preact/hooks'

/** How long the button says so. */
const SAID_MS = 2000

/** The text and its button. */
export function Copyable({
  label,
  text,
}: {
  readonly label: string
  readonly text: string
}): JSX.Element {
  const id = useId()
  const field = useRef<HTMLTextAreaElement>(null)
  const [said, setSaid] = useState('')
  async function copy(): Promise<void> {
    const isCopied = await copied(text, field.current)
    setSaid(isCopied ? 'Copied' : 'Selected: copy it')
    setTimeout(() => setSaid(''), SAID_MS)
  }
  return (
    <div class="copyable">
      <label for={id}>{label}</label>
      <textarea id={id} ref={field} readOnly rows={2} value={text} spellcheck={false} />
      <button type="button" class="no-print" onClick={() => void copy()}>
        Copy<span class="hidden"> {label}</span>
      </button>
      <span role="status" class="said">
        {said}
      </span>
    </div>
  )
}

/** Where the clipboard is out of reach, the text is selected. */
async function copied(text: string, field: HTMLTextAreaElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    field?.select()
    return false
  }
}
