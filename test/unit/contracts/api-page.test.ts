import { expect, it } from 'vitest';
import { apiPage } from '../../support/api-page.ts';

it('docs/api.md matches the registry and the catalogue; `npx vitest run --project unit -u` writes it', async () => {
  await expect(apiPage()).toMatchFileSnapshot('../../../docs/api.md');
});
