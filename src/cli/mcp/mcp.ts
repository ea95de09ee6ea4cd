// `tcp-teardown mcp`: the tools, over the Model Context Protocol on standard input and output.

import { TeardownError } from '../../base/errors.js'
import { optional } from '../../base/optional.js'
import { anonymizerOf } from '../../engine/capture-analyzer.js'
import { anonymizeKeyOf } from '../anonymize-key.js'
import { EXIT_DONE } from '../exit-codes.js'
import { packageVersion } from '../version.js'
import { shortened } from './answer.js'
import type { McpFlags } from './command.js'
import { Roots } from './roots.js'
import { type ToolContext, checked, schemaOf } from './tool.js'
import { TOOLS } from './tools.js'

/** Characters of what is wrong: it quotes what was asked. */
const MOST_ERROR = 1000

const PACKAGE = '@modelcontextprotocol/sdk'

const INSTRUCTIONS =
  'Tells how TCP connections in packet captures ended, who ended them and why. Begin with list_captures and summarize_capture: ' +
  'its incidents say which service died, when, and what was lost. Packet numbers are those of Wireshark (frame.number), streams ' +
  'its tcp.stream. certain, likely and possible say how sure a verdict is: pass that on.'

/** Runs `mcp` until its client is gone, and returns the exit code. */
export async function runMcp(
  folders: readonly string[],
  flags: McpFlags,
  signal: AbortSignal,
): Promise<number> {
  const roots = new Roots(folders)
  const anonymizer = anonymizerOf(anonymizeKeyOf(flags))
  const { Server } = await optional(
    () => import('@modelcontextprotocol/sdk/server/index.js'),
    'mcp',
    PACKAGE,
  )
  const { StdioServerTransport } = await import('@modelcontextprotocol/sdk/server/stdio.js')
  const { CallToolRequestSchema, ListToolsRequestSchema } =
    await import('@modelcontextprotocol/sdk/types.js')
  const server = new Server(
    { name: 'tcp-teardown', version: packageVersion() },
    { capabilities: { tools: {} }, instructions: INSTRUCTIONS },
  )
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: TOOLS.map((tool) => ({
      name: tool.name,
      description: tool.description,
      inputSchema: schemaOf(tool),
      annotations: { readOnlyHint: true, openWorldHint: false },
    })),
  }))
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal: cancelled }) =>
    call(params.name, params.arguments ?? {}, {
      roots,
      anonymizer,
      signal: AbortSignal.any([signal, cancelled]),
    }),
  )
  const over = new Promise<void>((resolve) => {
    // Its client is gone.
    process.stdin.once('end', resolve)
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await server.connect(new StdioServerTransport())
  await over
  await server.close()
  return EXIT_DONE
}

/** The answer of a tool; what is wrong with a question is an answer too. */
async function call(
  name: string,
  values: Readonly<Record<string, unknown>>,
  context: ToolContext,
): Promise<{ content: { type: 'text'; text: string }[]; isError?: boolean }> {
  try {
    const tool = TOOLS.find((each) => each.name === name)
    if (tool === undefined) throw new TeardownError('ERR_OPTION', `there is no tool ${name}`)
    const answer = await tool.run(checked(tool, values), context)
    return { content: [{ type: 'text', text: JSON.stringify(answer) }] }
  } catch (error) {
    if (!(error instanceof TeardownError)) throw error
    return {
      content: [{ type: 'text', text: shortened(error.message, MOST_ERROR) }],
      isError: true,
    }
  }
}
