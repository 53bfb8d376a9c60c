/*
 * The static part of the service: the documentation, and whatever else a browser loads from the API's own address. The dev
 * stack, CloudFront and the function that fills the bucket follow the same rules, which stand here.
 */

/**
 * Inline styles that a browser accepts: the empty one, which the documentation's components fill by script, and one of the
 * documentation's search. Other inline styles stay forbidden, as inline scripts are.
 */
const INLINE_STYLES = [
  'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
  'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc=',
];

/**
 * Documents load scripts, styles and data from their own address alone. `blob:` is for the worker of the documentation's
 * search, which its bundle starts from memory.
 */
export const SITE_CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'self' ${INLINE_STYLES.map((hash) => `'${hash}'`).join(' ')}`,
  "img-src 'self' data:",
  "connect-src 'self'",
  'worker-src blob:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** For how long, in seconds, browsers come back by TLS only. */
export const SITE_TRANSPORT_SECURITY_SECONDS = 180 * 24 * 3600;

/** Security headers that CloudFront has no setting of its own for. */
export const SITE_OTHER_SECURITY_HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
} as const;

/** Security headers of every static file, names in lower case. */
export const SITE_SECURITY_HEADERS = {
  ...SITE_OTHER_SECURITY_HEADERS,
  'content-security-policy': SITE_CONTENT_SECURITY_POLICY,
  'referrer-policy': 'no-referrer',
  'strict-transport-security': `max-age=${SITE_TRANSPORT_SECURITY_SECONDS}; includeSubDomains`,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** Files whose names contain a hash of their content lie below this path. */
export const SITE_ASSETS = 'assets/';

const CONTENT_TYPES = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
} as const;

const isKnown = (extension: string): extension is keyof typeof CONTENT_TYPES =>
  Object.hasOwn(CONTENT_TYPES, extension);

/** Of a file by its name. @throws Error for an extension that no file of the site has */
export const siteContentType = (file: string): string => {
  const extension = file.slice(file.lastIndexOf('.') + 1);
  if (isKnown(extension)) return CONTENT_TYPES[extension];
  throw new Error(`No content type for ${file}`);
};

/** A name with a hash stands for one content for ever; everything else is asked for anew each time. */
export const siteCacheControl = (file: string): string =>
  file.startsWith(SITE_ASSETS) ? 'public, max-age=31536000, immutable' : 'no-cache';

/**
 * The file that a path of a URL stands for: `/docs` for `docs.html`, `/` for `index.html`, `/openapi.json` for itself.
 * CloudFront does the same in lib/constructs/site-paths.js.
 */
export const siteFileOf = (path: string): string => {
  const trimmed = path.replace(/\/+$/, '') || '/index';
  const name = trimmed.slice(trimmed.lastIndexOf('/') + 1);
  return `${trimmed.slice(1)}${name.includes('.') ? '' : '.html'}`;
};
