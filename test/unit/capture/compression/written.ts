// What the tools write: their output is kept here, so that the tests need none of them.

/** The text that was compressed: words and numbers, drawn by an arithmetic that is the same everywhere. */
export const TEXT: Uint8Array = new TextEncoder().encode(drawn())

function drawn(): string {
  const words = ['syn', 'ack', 'fin', 'reset', 'window', 'probe', 'peer', 'closed']
  let state = 7
  function pick(count: number): number {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 16) % count
  }
  let text = ''
  while (text.length < 1500) text += pick(3) === 0 ? `${pick(1000)},` : `${words[pick(8)]} `
  return text
}

function fromBase64(...parts: readonly string[]): Uint8Array {
  return new Uint8Array(Buffer.from(parts.join(''), 'base64'))
}

/** By `zstd`, with its options. */
export const BY_ZSTD: readonly (readonly [options: string, packed: Uint8Array])[] = [
  [
    '-19',
    fromBase64(
      'KLUv/WTcBLUPAGaVMxeAS9pEeu5ABtcBmIGDFNndm84FiYHeAzUALAApAOTaueXMkRggCo7i0b7m/IM9vJbiGiWCeDB6',
      'rqaNLJIEaSSMZIEYBICWI5IEEgsFgigQeiUD1/x1aGqyZNFRkotIvVIvnzy7nE5mXy6JNZoSvs+jdSiJcJAwEgfB4LNV',
      'bgGlYJ0l9+j04HtnxxCrEFssm0dUmvaUHSXhDVFdZvPWWVnLLWVqe8pjAWQ41pI/o8qrF4196W/9vB8q1mt+ycW/YzVR',
      'q6hlaqEi9Sz7a6UbgJKoQQqiKJBakFTaDCCEGKXsbAMxCJMpcASprRlnNIgeciosVaJlH+SXlD1LqDNq8Qu7+iMyZ/NG',
      'qFTLuIuQAULxYRL4DED/24AEibL3/yskv+mvnQQoSKL2izc35BGV7yLJkcM1ZoaHv3XaY0iQK0CWfbkvtcLulqgf13JI',
      'Ex0vLyG3YkDCFN+P8v/PnBsIcU1g/3xcQUzSzr+lvgkcagqHKmw++bZ3jd5FyZyp1yn3kY2J6gYF6AJrWBizq6z29KBX',
      'zGdy8w3vyC6ecdRBYJCgT2eP+3MkjLOxDYmq4q71VAYxp6e+LJnfE49559EC6FuBreQGviausMB49ECkRr3qmGFKt9uE',
      'eBLIVvvGrwZ/KUeqZJFGjCu4o0RWIIUe28ZauAq7uV8X',
    ),
  ],
  [
    '-3 --zstd=wlog=10 --no-check',
    fromBase64(
      'KLUv/UAA3AR0DAC2kCsakDVpA9YgPWzjmBhIZre7G1Z2d28WpuJuFgMoACQAIAA/WmmX0pjomftKSVGAMN6sPzlKORCC',
      'gigHESAAeDZJGRjHgRSGAONo6rWPpq/IlevVzTOVVmWhIIwBAtWdq7bZq/vwHryEUSgMCedmtztaPDvbPUP+T3Y6tC5S',
      'kZGOWmFp3ZllHNv5kh4qmTQD4zjgqRfTNP26N+16upou0yzT7jm1YtWkHk92WFqJVg5uqDGOwkbaJO0bIAJilGPZARAw',
      'p8ymhQMSWiFSh23Sr1q2JWaUdp+T7nFZ/oyN1UiPf19mh+J0wb6irygiwv9NcVGGmG0hth5hBmApyVk+bW6knhMu7gA5',
      'fTvPiUeFBXvGL1LD+uGeyK6hKgplEB7WQHgGkLaDPTEIa2rISiAqMvyWrt0Mfcx0GRAoZTOr9lqRop3NheX+xVSW5thY',
      'Owe+ctan+bnyymIanV0hFIql3sQL43prn5iTRK7Uyz513ToP50BfTpivQmRQsdJvpn5Y2D8aT4kdkyr/c2yZVS0FAPME',
      'CqRQEMYA4ey4SefRxTLF3Xx6Z/e8tF4qp+19Xd/cNR29ymZle3kqs0oxICACgsgYdgN8D2Y0hO+W4Y+BWwB7Ah8JLgyA',
      'ZQZcKpCB313Ol8XzAXMvweWQYoEvaZQZCREZAOTAZzIGypFqHFwJPwsOK3gvUS8SfkOoW4Rp9PALswt4pKgnWz/lztBN',
      'YgxyBlYGjA4gTSLjbSVfYMdacPGrhCpjVw==',
    ),
  ],
]

/** By `lz4`, with its options. */
export const BY_LZ4: readonly (readonly [options: string, packed: Uint8Array])[] = [
  [
    '-9 -BX --content-size',
    fromBase64(
      'BCJNGHxA3AUAAAAAAACMCgMAAPANODA2LGZpbiBwcm9iZSA3OTAsYWNrIHJlc2V0IBgAARwAgmVlciAyMjgsFwCANDI2',
      'LHN5biApAAEbAAEFAAApAMI4MzUsMjAwLDY3NiwaAAJWAAcxADM3MTlHAAEhAAAyAHU5MTgsNjIyIwAACAACIwChNzk3',
      'LHdpbmRvdxkAQDU2MCwTAHEyNjUsMjM1MQBQOTA0LDgUACEzMboAYWNsb3NlZC8AABsAACMABxMAAwsAAKwAA1gAAxIA',
      'MTczMwcBAIAAAxoARzgzMSwwACQ1N7kAxTk4OSw5NzMsMTM1LPsAAAQANDc4MDIAtDI0OSw4ODEsMTg2NgESNWkBB1MA',
      'NDgxOd8AAwcAAmoBITA5ywCCNDA2LDM3NyxFAQM4AAQpAAEUAAMNADIyMziJAAMQADYzNjOZADU0ODBaATc4MTTtAQKY',
      'AEgxMzEsEAADaAABQAB0Njk4LDY1MfgABQoAAjAANDI0Mb8AJGZpswFEMjIyLE0BCaUABtYBBzQAoTEwMCwyNCw1NDXy',
      'ADU2NCxwAgOIADg5MTUDAgjnAAO7AVM1NDIsM/4BJDQ2LQA1NzM40QE0MzY1mAECkwAyNDEycAAhMjgIADg3MDM9AgbV',
      'AgEFAAYNA3MzNjgsODUwMAEN/AACvgEpNDkmATQ3NzSUACo0N4cARzc1MSxiAAXgAASXACA4MmkCETHIADIyODIsAAAZ',
      'AAHrAGk3OSwyMyxTAUA4Miw3UgEjODSjAIo3NjksODU2LD0CBb0DASQAAwYABFwAPTM3LBwAAkwA4TMwLDMyNCwzNDQs',
      'MzMylgBDMTUxLKEACdwBC9YCAUAAJDk5ywKPOTIzLDkyNSwzAAH0ATk0NywzMTksOTE5LDU5OSwRBAAEAATQAQdyAQa8',
      'AApsAFUwOSw3Mm8BODk5NKoCAwsACEMACj4AKjY4nAAIfQADHwEELwElNDNcAgdsBApwAQlMAAO2Ajg2MjMIBQRaBBIw',
      '5QEyNTE3CQAAVAAIHAQEDwEEqQAGNgUBjQASNXkDcGNsb3NlZCCD9eyxAAAAAO9GPlI=',
    ),
  ],
  [
    '-12 -BD -B4',
    fromBase64(
      'BCJNGGRApwcDAADwDTgwNixmaW4gcHJvYmUgNzkwLGFjayByZXNldCAYAAEcAIJlZXIgMjI4LBcAgDQyNixzeW4gKQAB',
      'GwABBQAAKQDCODM1LDIwMCw2NzYsGgACVgAHMQAzNzE5RwABIQAAMgB1OTE4LDYyMiMAAAgAAiMAoTc5Nyx3aW5kb3cZ',
      'AEA1NjAsEwBxMjY1LDIzNTEAUDkwNCw4FAAhMzG6AGFjbG9zZWQvAAAbAAAjAAcTAAMLAACsAANYAAMSADE3MzMHAQAl',
      'AAMaAEc4MzEsMAAkNTe5ALI5ODksOTczLDEzNeYABCgBNDc4MDIAtDI0OSw4ODEsMTg2NgESNWkBB1MANDgxOd8AAwcA',
      'AmoBITA5ywCCNDA2LDM3NyxFAQM4AAQpAAEUAAMNADIyMziJAAMQADYzNjOZADU0ODBaATc4MTTtAQKYAEgxMzEsEAAD',
      'aAABQAB0Njk4LDY1MfgABQoAAjAANDI0Mb8AJGZpswFEMjIyLE0BCaUABtYBBzQAoTEwMCwyNCw1NDXyADU2NCxwAgOI',
      'ADg5MTUDAgjnAAMiAFM1NDIsM/4BJDQ2LQA1NzM40QE0MzY1mAECkwAyNDEycAAxMjgslQIoMDM9AgbVAgEFAAYNA3Mz',
      'NjgsODUwMAEN/AACvgEpNDkmATQ3NzSUACo0N4cARzc1MSxiAAXgAASXACA4MmkCETHIADIyODIsAAAZAAHrAGk3OSwy',
      'MyxTAUA4Miw3UgEzODQsYgB6NjksODU2LD0CBb0DASQAAwYABFwAPTM3LBwAAkwA4TMwLDMyNCwzNDQsMzMylgBDMTUx',
      'LKEACYkAC9YCAUAAJDk5ywKPOTIzLDkyNSwzAAHiOTQ3LDMxOSw5MTksNTkJAwCwAAAEAATQAQdyAQa8AApsAFUwOSw3',
      'Mm8BJTk5hAEH+wMIQwAKPgAqNjicAAh9AAMfAQQvASU0M1wCB2wECnABCUwAAxsAODYyMwgFBFoEEjDlATI1MTcJAABU',
      'AAgcBAQPAQSpAAY2BQGNACM1M2QEUG9zZWQgAAAAAO9GPlI=',
    ),
  ],
]

/** `samples/handshake-refused.pcap`, by `zstd -19` and `lz4 -9`. */
export const REFUSED = {
  zstd: fromBase64(
    'KLUv/WQsACUGAOJIISxwTxoDOhK4pWagyZHVdq6olHP1v/UR4jnyJXnMAtyh22gorziCkM22m8idAk/CfMDR+sEVUd95',
    'v/cWLpdl8h8kMghc3fkBzP2MZITt5p+VmiTAYR2LRr+/1Qjxi7/h2j0oHpeCatxlZ+Dkk17ltIrCikYQif3gDXKiaKXX',
    'L5/Pl+MJmQIcKLBMZM4DcNSZgmYzIcz33lSzNbpje0kHHeonK07/nuMgwGXsijjmfDGjq63DALzO5OKWrc1f5bavDbhK',
    '2h5e',
  ),
  lz4: fromBase64(
    'BCJNGGRAp+AAAACG1MOyoQIABAABAPECBAABAAAA+dEHa9VaCQAqAAAEABH/AQDyAV4Zn25byggGAAEIAAYEAAEQAEIK',
    'MigBPABACjIoAjoAF/A6AAIkAGXaMZBURDQ6ABICEAAAMAAGRAAAOgBx9VoJAEoAAAQAAiQAA3QA0ABFAAA8zt9AAEAG',
    'B3YuAAA8AICi+gBRPWXY6HwA8AWgAvrwZJUAAAIEBbQEAggKLUdpuBgAQAEDAwpaAJwCWwkANgAAADaUAABaADAoAABa',
    'ACDWaVYAAdAAMFGi+j4AwD1l2OlQFAAAkc8AAAAAAAAACLJY',
  ),
} as const
