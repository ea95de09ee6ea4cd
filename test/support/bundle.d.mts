export function bundled(source: string): Promise<string>
