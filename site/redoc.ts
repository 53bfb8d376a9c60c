import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const BUNDLE = createRequire(import.meta.url).resolve('redoc/bundles/redoc.standalone.js');
const LICENCES = `${BUNDLE}.LICENSE.txt`;

/** The picture beside "API docs by Redocly", which Redoc's bundle loads from its maker's server. */
const FOREIGN_LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg';

/** A picture of one transparent pixel. */
const NO_LOGO = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';

/**
 * Redoc's bundle without the one picture that it would load from elsewhere.
 *
 * @throws Error where the bundle is not the one that this was written for
 */
export const readRedoc = (): string => {
  const [before, after, ...more] = readFileSync(BUNDLE, 'utf8').split(FOREIGN_LOGO);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(
      `Redoc's bundle does not contain ${FOREIGN_LOGO} exactly once: look at what it loads now`,
    );
  }
  return `${before}${NO_LOGO}${after}`;
};

/** The licences of what the bundle contains; they ask to be handed on with it. */
export const readRedocLicences = (): string => readFileSync(LICENCES, 'utf8');
