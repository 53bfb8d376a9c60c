import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROBLEMS } from '../../functions/contracts/problems.ts';
import { ROUTE_TEXTS } from '../../functions/contracts/route-texts.ts';
import { listenOnLoopback } from '../../local/ports.ts';
import { withStaticSite } from '../../local/site/static-site.ts';
import { siteFiles } from '../../site/build.ts';
import { startBrowser } from '../support/browser.ts';

/** A page with what its browser complains about and what it asks other addresses for. */
interface WatchedPage {
  readonly page: Page;
  readonly complaints: readonly string[];
}

describe('The documentation in a browser', () => {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof listenOnLoopback>>;
  let url: string;

  beforeAll(async () => {
    browser = await startBrowser();
    const site = withStaticSite(siteFiles(), (_request, response) => response.writeHead(404).end());
    server = await listenOnLoopback(site, 0, '');
    url = `http://localhost:${server.port}`;
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const open = async (path: string, width = 1440): Promise<WatchedPage> => {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
    page.on('response', (response) => {
      if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
    });
    page.on('request', (request) => {
      const { origin } = new URL(request.url());
      if (origin !== url && !request.url().startsWith('data:')) complaints.push(`foreign: ${request.url()}`);
    });
    await page.goto(`${url}${path}`);
    return { page, complaints };
  };

  const untilRendered = (page: Page): Promise<void> =>
    page.getByRole('heading', { name: 'Quick start' }).waitFor();

  it.each([360, 768, 1440])(
    'is rendered at %i pixels without a complaint and without scrolling sideways',
    async (width) => {
      const { page, complaints } = await open('/docs', width);
      await untilRendered(page);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      await page.close();
      expect(complaints).toEqual([]);
    },
  );

  it('shows every operation', async () => {
    const { page, complaints } = await open('/docs');
    await untilRendered(page);
    const text = await page.locator('.api-content').innerText();
    for (const { summary } of Object.values(ROUTE_TEXTS)) expect(text).toContain(summary.replaceAll('`', ''));
    await page.close();
    expect(complaints).toEqual([]);
  });

  it('finds words', async () => {
    const { page, complaints } = await open('/docs');
    await untilRendered(page);
    await page.getByPlaceholder('Search...').fill('idempotency');
    await page.getByRole('search').getByText(ROUTE_TEXTS.createVideo.summary).waitFor();
    await page.close();
    expect(complaints).toEqual([]);
  });

  it.each([360, 1440])('shows the place of a problem at %i pixels', async (width) => {
    const { page, complaints } = await open('/docs/problems#NOT_READY', width);
    await page.getByText(PROBLEMS.NOT_READY.detail).waitFor();
    expect(await page.evaluate('document.querySelector(":target").id')).toBe('NOT_READY');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await page.close();
    expect(complaints).toEqual([]);
  });
});
