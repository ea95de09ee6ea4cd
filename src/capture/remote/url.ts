// Captures that are named by a URL: which ones there are, and what is shown of it.

const WEB = /^https?:\/\//i
const S3 = /^s3:\/\//i
/** Parameters that give access to whoever holds them: of Amazon, Google and Azure, and whatever is called so elsewhere. */
const SECRET =
  /^(?:x-amz-|x-goog-|policy$|key$|key-pair-id$|auth|sig$)|signature|token|secret|passw|credential|api.?key/i

/** Whether an input is read over HTTP. */
export function isWebUrl(input: string): boolean {
  return WEB.test(input)
}

/** Whether an input, or a folder of results, is an object or a prefix of an object storage. */
export function isS3Url(input: string): boolean {
  return S3.test(input)
}

/** Whether an input is no path. */
export function isUrl(input: string): boolean {
  return isWebUrl(input) || isS3Url(input)
}

/** An input as it may stand in results and messages: a URL without what gives access to others. */
export function shownInput(input: string): string {
  if (!isWebUrl(input) || !/[?@]/.test(input)) return input
  const url = new URL(input)
  url.username = ''
  url.password = ''
  if (isSigned(url)) url.search = ''
  return url.href
}

/** Whether an input gives access to whoever has it. */
export function holdsSecret(input: string): boolean {
  if (!isWebUrl(input)) return false
  const url = new URL(input)
  return url.username !== '' || url.password !== '' || isSigned(url)
}

function isSigned({ searchParams }: URL): boolean {
  return [...searchParams.keys()].some((name) => SECRET.test(name))
}

/** Bucket and key of an `s3:` URL; the key is empty for the bucket itself. */
export function s3Place(url: string): { readonly bucket: string; readonly key: string } {
  const rest = url.slice('s3://'.length)
  const slash = rest.indexOf('/')
  if (slash < 0) return { bucket: rest, key: '' }
  return { bucket: rest.slice(0, slash), key: rest.slice(slash + 1) }
}
