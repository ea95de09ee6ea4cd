export async function discoverCaptures(inputs: readonly string[]): Promise<string[]> { return [...inputs] }
