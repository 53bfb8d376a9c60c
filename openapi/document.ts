import { createDocument } from 'zod-openapi';
import { ROUTES } from '../functions/contracts/routes.ts';
import { GUIDE } from './guide.ts';
import { ANSWER_HEADERS } from './headers.ts';
import { openApiPaths } from './operations.ts';
import { problemResponses } from './responses.ts';
import { NAMED_SCHEMAS } from './schemas.ts';
import { SECURITY_SCHEMES } from './security.ts';
import { TAGS } from './tags.ts';
import { type OpenApiDocument, withTexts } from './texts.ts';
import { tidySchema } from './tidy.ts';

/** The OpenAPI document of the API, from the registry, the catalogue of problems and the texts for people. */
export const openApiDocument = (): OpenApiDocument =>
  withTexts(
    createDocument(
      {
        openapi: '3.1.1',
        info: {
          title: 'Frame Flow',
          version: '1.0.0',
          summary: 'Upload a video, get back a ZIP with one frame for every 10 seconds of it.',
          description: GUIDE,
          contact: { name: 'The Frame Flow authors' },
          license: { name: 'MIT', identifier: 'MIT' },
        },
        servers: [{ url: '/', description: 'The API that serves this document' }],
        tags: [...TAGS],
        paths: openApiPaths(),
        components: {
          schemas: Object.fromEntries(
            Object.entries(NAMED_SCHEMAS).map(([name, { schema }]) => [name, schema]),
          ),
          responses: problemResponses(Object.values(ROUTES)),
          headers: ANSWER_HEADERS,
          securitySchemes: SECURITY_SCHEMES,
        },
      },
      { override: tidySchema },
    ),
  );
