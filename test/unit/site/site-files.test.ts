import { describe, expect, it } from 'vitest';
import { PROBLEM_CODES, problemType } from '../../../functions/contracts/problems.ts';
import { ROUTES } from '../../../functions/contracts/routes.ts';
import {
  SITE_ASSETS,
  siteCacheControl,
  siteContentType,
  siteFileOf,
} from '../../../functions/contracts/site.ts';
import { siteFiles } from '../../../site/build.ts';

const files = siteFiles();
const pages = [...files].filter(([file]) => file.endsWith('.html'));
const contentOf = (path: string): string => files.get(siteFileOf(path)) ?? '';

describe('the static site', () => {
  it.each(pages)('%s loads files of the site alone', (_file, html) => {
    const loaded = [...html.matchAll(/<(?:script|link|img)\b[^>]*?\b(?:src|href)="([^"]*)"/g)].map(
      ([, path = '']) => path,
    );
    expect(loaded.length).toBeGreaterThan(0);
    for (const path of loaded) expect([...files.keys()], path).toContain(path.slice(1));
  });

  it.each(pages)('%s links to places that the site has', (_file, html) => {
    const links = [...html.matchAll(/<a\b[^>]*?\bhref="([^"]*)"/g)].map(([, link = '']) => link);
    for (const link of links) {
      const [path = '', place] = link.split('#');
      const target = path === '' ? html : contentOf(path);
      expect(target, link).not.toBe('');
      if (place !== undefined) expect(target, link).toContain(`id="${place}"`);
    }
  });

  it.each(pages)('%s has no script or style of its own: the policy forbids them', (_file, html) => {
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon[a-z]+="/);
  });

  it.each(PROBLEM_CODES)("has the place that a problem's type points at: %s", (code) => {
    const [path = '', place] = problemType(code).split('#');
    expect(contentOf(path)).toContain(`<section id="${place}">`);
  });

  it('has no file at the path of an operation', () => {
    const paths = Object.values(ROUTES).map(({ path }) => siteFileOf(path));
    expect(paths.filter((path) => files.has(path))).toEqual([]);
  });

  it('knows the content type of every file', () => {
    for (const file of files.keys()) expect(() => siteContentType(file)).not.toThrow();
  });

  it("contains nothing of its maker's servers in the documentation's bundle", () => {
    const bundle = [...files].find(
      ([file]) => file.startsWith(`${SITE_ASSETS}redoc-`) && file.endsWith('.js'),
    );
    expect(bundle?.[1]).toContain('Redoc');
    expect(bundle?.[1]).not.toContain('cdn.redoc');
  });
});

describe('the rules of the site', () => {
  it.each([
    ['/', 'index.html'],
    ['/docs', 'docs.html'],
    ['/docs/', 'docs.html'],
    ['/docs/problems', 'docs/problems.html'],
    ['/openapi.json', 'openapi.json'],
    ['/assets/a-1.js', 'assets/a-1.js'],
  ])('find for %s the file %s', (path, file) => expect(siteFileOf(path)).toBe(file));

  it('let only names with a hash be kept', () => {
    const kept = [...files.keys()].filter((file) => siteCacheControl(file).includes('immutable'));
    expect(kept.length).toBeGreaterThan(0);
    for (const file of kept) expect(file).toMatch(/-[0-9a-f]{16}\.[a-z]+$/);
    expect(siteCacheControl('docs.html')).toBe('no-cache');
  });

  it('know no content type for other files', () => expect(() => siteContentType('a.exe')).toThrow('a.exe'));
});
