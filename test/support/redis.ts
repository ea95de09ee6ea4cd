// A Redis of the test's own, where one is installed.

import { type ChildProcess, spawn } from 'node:child_process'
import { createConnection, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { HANG_MS } from './waiting.js'

/** A server on loopback that keeps what it has been told, also over a restart. */
export class RedisServer {
  private readonly folder: string
  private readonly password: string | undefined
  private child: ChildProcess | undefined
  private port = 0

  /** `folder`: where it keeps what it is told. */
  constructor(folder: string, password?: string) {
    this.folder = folder
    this.password = password
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** Starts it, again on the port it had before. */
  async start(): Promise<void> {
    if (this.port === 0) this.port = await freePort()
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder]
    const keeping = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '']
    const password = this.password === undefined ? [] : ['--requirepass', this.password]
    this.child = spawn('redis-server', [...args, ...keeping, ...password], { stdio: 'ignore' })
    for (let waitedMs = 0; !(await listens(this.port)); waitedMs += 20) {
      if (waitedMs > HANG_MS) throw new Error('redis-server does not start')
      await sleep(20)
    }
  }

  /** Ends it at once. */
  async stop(): Promise<void> {
    const { child } = this
    if (child === undefined) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
