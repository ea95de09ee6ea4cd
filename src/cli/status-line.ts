// One line at the bottom of a terminal, replaced as things go on; it is taken away before anything else is written.

/** Shows a line on standard error, where that is a terminal. */
export class StatusLine {
  private readonly isShown = process.stderr.isTTY && process.env['TERM'] !== 'dumb'
  private text = ''

  /** Replaces the line. */
  show(text: string): void {
    if (!this.isShown || text === this.text) return
    this.text = text
    const room = Math.max(1, (process.stderr.columns || 80) - 1)
    process.stderr.write(`\r${text.slice(0, room)}\u001b[K`)
  }

  /** Takes the line away. */
  clear(): void {
    if (this.text !== '') process.stderr.write('\r\u001b[K')
    this.text = ''
  }
}
