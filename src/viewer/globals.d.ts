/** Version of the package, put in when the page is built. */
declare const PACKAGE_VERSION: string
