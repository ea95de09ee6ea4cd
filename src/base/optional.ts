// Packages that few runs need: whoever needs them installs them, and they are loaded then.

import { TeardownError } from './errors.js'

/**
 * Loads a package that is not installed with this one.
 *
 * @param load Imports it.
 * @param purpose What needs it.
 * @param names What is to be installed.
 * @throws {TeardownError} ERR_OPTION where it is missing.
 */
export async function optional<T>(
  load: () => Promise<T>,
  purpose: string,
  names: string,
): Promise<T> {
  try {
    return await load()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'))
      throw error
    throw new TeardownError(
      'ERR_OPTION',
      `${purpose} needs ${names}, to be installed beside tcp-teardown: npm install ${names}`,
      { cause: error },
    )
  }
}
