// What the guide gives to copy: it is what its readers' programs take, and does what is said of it.

import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Job } from 'kubernetes-models/batch/v1'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { buildPcap } from '../support/capture-builder.js'
import { scenarioFrames } from '../support/scenario.js'
import { ROOT, Scratch } from './run-cli.js'

const scratch = new Scratch()
const CAPTURE = buildPcap(scenarioFrames('0.000 > S 0:0(0)\n0.001 < R. 0:0(0) ack 1 win 0 nots'))
const MANIFEST = parse(readFileSync(join(ROOT, 'docs/kubernetes-job.yaml'), 'utf8')) as object

describe('the job for Kubernetes', () => {
  const job = new Job(MANIFEST)

  test('is one', () => {
    expect(() => job.validate()).not.toThrow()
    expect(() => new Job({ ...MANIFEST, spec: {} } as object).validate()).toThrow('template')
  })

  test('shares captures so that each is taken once', () => {
    const [container] = job.spec?.template.spec?.containers ?? []
    const script = container?.command?.[2] ?? ''
    const captures = join(scratch.path, 'captures')
    const results = join(scratch.path, 'results')
    const bin = join(scratch.path, 'bin')
    for (const folder of [captures, results, bin]) mkdirSync(folder)
    const program = `#!/bin/sh\nexec ${process.execPath} ${join(ROOT, 'bin/tcp-teardown.js')} "$@"\n`
    writeFileSync(join(bin, 'tcp-teardown'), program, { mode: 0o755 })
    for (let n = 0; n < 9; n++) writeFileSync(join(captures, `${n} of nine.pcap`), CAPTURE)
    const made: number[] = []
    for (let index = 0; index < Number(job.spec?.completions); index++) {
      const { status, stderr } = spawnSync(
        'sh',
        ['-c', script.replaceAll('/captures', captures).replaceAll('/results', results)],
        {
          encoding: 'utf8',
          env: {
            PATH: `${bin}:${process.env['PATH']}`,
            JOB_COMPLETION_INDEX: String(index),
            COMPLETIONS: container?.env?.find(({ name }) => name === 'COMPLETIONS')?.value,
          },
        },
      )
      expect({ status, stderr }).toMatchObject({ status: 0 })
      made.push(Number(/(\d+) results? written/.exec(stderr)?.[1]))
    }
    expect(made).toEqual([2, 3, 2, 2])
    const files = readdirSync(results, { recursive: true, encoding: 'utf8' }).filter(
      (name) => statSync(join(results, name)).isFile() && name.endsWith('.parquet'),
    )
    expect(files).toHaveLength(9)
  })
})
