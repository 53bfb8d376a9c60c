import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { SITE_ASSETS } from '../functions/contracts/site.ts';
import { openApiDocument } from '../openapi/document.ts';
import { renderPage } from './page.ts';
import { problemsBody } from './problems-page.ts';
import { readRedoc, readRedocLicences } from './redoc.ts';

/** The files of the site, by path: what the dev stack serves and what a deployment puts into the bucket. */
export const siteFiles = (): ReadonlyMap<string, string> => {
  const files = new Map<string, string>();
  /** @returns the path of its URL */
  const addAsset = (name: string, content: string): string => {
    const hash = createHash('sha256').update(content).digest('hex').slice(0, 16);
    const extension = extname(name);
    const file = `${SITE_ASSETS}${name.slice(0, -extension.length)}-${hash}${extension}`;
    files.set(file, content);
    return `/${file}`;
  };
  const addSource = (name: string): string =>
    addAsset(name, readFileSync(join(import.meta.dirname, 'assets', name), 'utf8'));

  const icon = addSource('icon.svg');
  const page = { icon, styles: [addSource('page.css')] };
  addAsset('redoc-licences.txt', readRedocLicences());
  files.set('openapi.json', JSON.stringify(openApiDocument()));
  files.set(
    'docs.html',
    renderPage({
      icon,
      title: 'Frame Flow API',
      styles: [addSource('docs.css')],
      scripts: [addAsset('redoc.js', readRedoc()), addSource('docs.js')],
      body: '<noscript>This page needs JavaScript. The document itself is at <a href="/openapi.json">/openapi.json</a>.</noscript>\n<div id="docs"></div>',
    }),
  );
  files.set(
    'docs/problems.html',
    renderPage({ ...page, title: 'Problems · Frame Flow API', body: problemsBody() }),
  );
  return files;
};
