/* Shows /openapi.json with Redoc. It runs in browsers as it is. */
const FONT = 'system-ui, sans-serif';

globalThis.Redoc.init(
  '/openapi.json',
  {
    expandResponses: '200,201,302',
    jsonSampleExpandLevel: 3,
    requiredPropsFirst: true,
    hideLoading: true,
    nativeScrollbars: true,
    theme: {
      colors: { primary: { main: '#a63f0d' }, text: { primary: '#20242a' } },
      typography: {
        fontSize: '15px',
        fontFamily: FONT,
        headings: { fontFamily: FONT },
        code: { fontFamily: 'ui-monospace, monospace', color: '#a63f0d' },
      },
      sidebar: { backgroundColor: '#fbfaf7' },
      rightPanel: { backgroundColor: '#20242a' },
    },
  },
  document.getElementById('docs'),
);
