/** The name of the security scheme in the document. */
export const ACCESS_TOKEN = 'accessToken';

export const SECURITY_SCHEMES = {
  [ACCESS_TOKEN]: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'The access token that `login` and `refresh` answer, in the header `Authorization: Bearer <accessToken>`. The word ' +
      '`Bearer` is written exactly so. Anyone can check the tokens with the keys that `getJwks` publishes.',
  },
} as const;
