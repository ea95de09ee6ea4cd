// Counts packets with the npm package pcap-parser: the baseline of the benchmark.
import pcap from 'pcap-parser'

let packets = 0
const parser = pcap.parse(process.argv[2])
parser.on('packet', () => packets++)
parser.on('end', () => process.stdout.write(`${packets}\n`))
