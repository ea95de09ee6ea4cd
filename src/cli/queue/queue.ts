// The queue: BullMQ's, in a Redis or a Valkey. Here alone is known how it is reached.

import type {
  ConnectionOptions,
  FlowProducer,
  JobsOptions,
  Queue,
  Worker,
  WorkerOptions,
} from 'bullmq'
import type { Redis } from 'ioredis'
import { TeardownError } from '../../base/errors.js'
import { optional } from '../../base/optional.js'
import type { JobAnswer, JobData } from './job.js'

/** Name of the queue below the prefix. */
export const NAME = 'captures'
/** How long a command waits for a server before it gives up. */
const CONNECT_MS = 10_000
const RETRY_MS = 200
const RETRY_MS_MAX = 5000
/** Words of a server that wants another password: waiting changes nothing. */
const ABOUT_PASSWORDS = /^(?:NOAUTH|WRONGPASS|ERR AUTH|ERR invalid password)/
const WANTS_PASSWORD = 'it wants a password: redis://:PASSWORD@HOST, or REDISCLI_AUTH'
/** What is done is known for a week, what failed for a month. */
const DAY_S = 24 * 3600
const KEEP_DONE_S = 7 * DAY_S
const KEEP_FAILED_S = 30 * DAY_S

/** Where the queue is. */
export interface QueuePlace {
  readonly url: string
  readonly prefix: string
}

/** A queue that is open. */
export interface OpenQueue {
  readonly queue: Queue<JobData, JobAnswer>
  /** Files jobs that wait for others. */
  readonly flows: FlowProducer
  /** Starts a worker on it. */
  readonly work: (
    run: (job: Parameters<Processor>[0], token: string | undefined) => Promise<JobAnswer>,
    options: Omit<WorkerOptions, 'connection' | 'prefix'>,
  ) => Worker<JobData, JobAnswer>
  readonly library: typeof import('bullmq')
  readonly close: () => Promise<void>
}

type Processor = import('bullmq').Processor<JobData, JobAnswer>

/** How jobs are kept. */
export const KEPT: Pick<JobsOptions, 'removeOnComplete' | 'removeOnFail'> = {
  removeOnComplete: { age: KEEP_DONE_S },
  removeOnFail: { age: KEEP_FAILED_S },
}

/**
 * Opens a queue.
 *
 * @param onTrouble Is told when the server is lost, and when it is back.
 * @throws {TeardownError} ERR_OPTION for a URL that is none; ERR_READ where no server answers.
 */
export async function openQueue(
  { url, prefix }: QueuePlace,
  onTrouble: (text: string) => void,
): Promise<OpenQueue> {
  const library = await optional(() => import('bullmq'), '--queue', 'bullmq ioredis')
  const { Redis: Client } = await optional(() => import('ioredis'), '--queue', 'bullmq ioredis')
  const connection = await connected(Client, url, onTrouble)
  const shared = connection as unknown as ConnectionOptions
  const queue = new library.Queue<JobData, JobAnswer>(NAME, { connection: shared, prefix })
  queue.on('error', () => undefined)
  const flows = new library.FlowProducer({ connection: shared, prefix })
  flows.on('error', () => undefined)
  return {
    queue,
    flows,
    library,
    work: (run, options) =>
      new library.Worker<JobData, JobAnswer>(NAME, run, { ...options, connection: shared, prefix }),
    close: async () => {
      await flows.close()
      await queue.close()
      connection.disconnect()
    },
  }
}

/** Connects once, and again by itself from then on. */
async function connected(
  Client: typeof Redis,
  url: string,
  onTrouble: (text: string) => void,
): Promise<Redis> {
  const shown = shownQueue(url)
  const password = process.env['REDISCLI_AUTH']
  const hasPassword = new URL(url).password !== ''
  const client = new Client(url, {
    // Workers wait for jobs as long as there are none.
    maxRetriesPerRequest: null,
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    retryStrategy: (times) => Math.min(RETRY_MS * times, RETRY_MS_MAX),
    ...(hasPassword || password === undefined ? {} : { password }),
  })
  let isUp = false
  let isLost = false
  let problem = 'no answer'
  client.on('ready', () => {
    if (isUp && isLost) onTrouble(`${shown} is back`)
    isLost = false
  })
  await new Promise<void>((resolve, reject) => {
    function giveUp(): void {
      client.disconnect()
      const why = problem.startsWith('NOAUTH') ? WANTS_PASSWORD : problem
      reject(new TeardownError('ERR_READ', `cannot reach ${shown}: ${why}`))
    }
    // A server that is just starting is waited for.
    const timer = setTimeout(giveUp, CONNECT_MS)
    function onError(error: unknown): void {
      problem = problemOf(error)
      if (isUp && !isLost) onTrouble(`lost ${shown}: ${problem}; trying again`)
      isLost = true
      if (isUp || !ABOUT_PASSWORDS.test(problem)) return
      clearTimeout(timer)
      giveUp()
    }
    client.on('error', onError)
    client.once('ready', () => {
      // The client goes on in another database where the one that is asked for is not there.
      client.select(databaseOf(url)).then(
        () => {
          clearTimeout(timer)
          isUp = true
          resolve()
        },
        (error: unknown) => {
          clearTimeout(timer)
          problem = problemOf(error)
          giveUp()
        },
      )
    })
    client.connect().catch(onError)
  })
  return client
}

function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // Of a name with several addresses there is an error for each.
  const [first = error] = error instanceof AggregateError ? (error.errors as Error[]) : [error]
  return first.message === '' ? first.name : first.message
}

function databaseOf(url: string): number {
  return Number(new URL(url).pathname.slice(1))
}

/** The URL of a queue without its password. */
export function shownQueue(url: string): string {
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname}`
}
