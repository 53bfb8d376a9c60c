import { expect, it } from 'vitest';
import { apiPage } from '../../support/api-page.ts';

it('docs/api.md is what the registry and the catalogue say; `npx vitest run --project unit -u` writes it', async () => {
  await expect(apiPage()).toMatchFileSnapshot('../../../docs/api.md');
});
